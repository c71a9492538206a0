// SPDX-License-Identifier: MIT
// A PostgreSQL cluster for a test program: started at the first use (scripts/private-postgres), stopped and removed
// when the program ends, however it ends. Unix socket only; another user's when the tests run as root.
#pragma once

#include <string>

namespace pastmon::test {

class PrivatePostgres {
 public:
  /// The program's cluster. Ends the program with a message when it cannot start.
  static PrivatePostgres& get();
  /// Another one, for tests of several.
  PrivatePostgres();

  const std::string& socket_directory() const { return socket_; }  ///< libpq's "host"
  std::string data_directory() const { return directory_ + "/postgresql/data"; }
  /// Makes an empty database that the role "pastmon" owns, and returns its name.
  std::string fresh_database();
  /// Runs psql as the superuser; its output. Fails the test on an error.
  std::string psql(const std::string& database, const std::string& sql) const;

  void stop();                                  ///< all sessions end, the data stay
  void start(const std::string& options = {});  ///< further ones of the server, "-c NAME=VALUE …"
  void crash();  ///< as `pg_ctl stop -m immediate`: nobody is asked, nothing is tidied up

 private:
  std::string directory_;
  std::string socket_;
  int databases_ = 0;
};

}  // namespace pastmon::test

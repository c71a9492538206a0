// SPDX-License-Identifier: MIT
// What a reader knows of a front database: its groups of sensors, and which of them can be read now. One that cannot is
// left out of all queries and asked again later. On an ordinary database nothing here asks or changes anything.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connection.h"
#include "pastmon/base/clock.h"

namespace pastmon::store {

class Groups {
 public:
  Groups(Connection& connection, base::Micros retry) : connection_(connection), retry_(retry) {}

  /// Before a call that reads. The first time on a connection: is this a front, and which groups answer? Later:
  /// groups left out are asked again when their time has come. Error: no group can be read.
  base::Result<void> ready();
  /// The connection is a new one.
  void forget() noexcept { known_ = false; }

  /// After a call that failed: finds the groups that cannot be read. True: some, left out from now on; call again.
  bool leave_out();

  bool front() const noexcept { return front_; }
  /// One line for each group that is left out.
  std::vector<std::string> warnings() const;

  /// A table or view as it stands behind FROM: without the groups that are left out. On an ordinary database its name.
  std::string table(std::string_view name) const;
  /// " AND sensor_group …" for a query over a partitioned table of a front; "" when nothing is left out.
  std::string condition() const;

 private:
  struct Group {
    std::string name;
    std::string database;
    std::string problem;  ///< "": it can be read
    base::Micros ask_again = 0;
  };

  base::Result<void> learn();
  bool all_answer();
  bool ask(Group& group);
  bool connected();
  base::Result<void> any_left() const;

  Connection& connection_;
  base::Micros retry_;
  base::SystemClock clock_;
  bool known_ = false;
  bool front_ = false;
  std::vector<Group> groups_;
};

}  // namespace pastmon::store

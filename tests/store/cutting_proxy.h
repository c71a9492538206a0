// SPDX-License-Identifier: MIT
// Stands between a program and a PostgreSQL server on Unix sockets, passes everything on, and at one statement does
// what a test wants: breaks the connection before or after it, or calls back while the statement waits.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace pastmon::test {

class CuttingProxy {
 public:
  enum class Cut : std::uint8_t { none, before, answer };

  /// Listens in `directory` (libpq's "host") for the server whose socket is in `server`.
  CuttingProxy(std::string directory, std::string server);
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  /// At the next `times` statements that hold `text`: first `act`, then the cut: the statement does not reach the
  /// server (`before`), or it does and its answer does not come back (`answer`).
  void at(std::string text, Cut cut, int times = 1, std::function<void()> act = {});
  int hits() const { return hits_; }

 private:
  void accept();
  void carry(int client);
  bool pass(int client, int server);

  std::string directory_, server_;
  int listener_ = -1;
  std::string text_;
  Cut cut_ = Cut::none;
  std::function<void()> act_;
  std::atomic<int> left_ = 0, hits_ = 0;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> carriers_;
  std::thread thread_;
};

}  // namespace pastmon::test

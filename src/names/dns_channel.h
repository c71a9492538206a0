// SPDX-License-Identifier: MIT
// PTR questions through c-ares, and before them the hosts file unless servers are named. Belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "pastmon/base/address.h"
#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"

namespace pastmon::names {

enum class Reply : std::uint8_t { name, nameless, failed };

class DnsChannel {
 public:
  struct Options {
    base::Micros timeout = 0;
    unsigned tries = 1;
    std::string servers;  // empty: the system's
  };
  /// `name` is as it came; empty unless the reply is a name.
  using Done = std::function<void(const base::Address&, Reply, const char* name)>;

  static base::Result<std::unique_ptr<DnsChannel>> open(const Options& options, Done done);
  ~DnsChannel();
  DnsChannel(const DnsChannel&) = delete;
  DnsChannel& operator=(const DnsChannel&) = delete;

  /// Sends the question. `done` may be called at once.
  void ask(const base::Address& address);
  std::size_t under_way() const noexcept;

  /// Waits for answers, for `wake` (a descriptor) to become readable, or for `most` to pass (< 0: any time), and deals
  /// with the answers that came.
  void wait(int wake, base::Micros most);

 private:
  struct Impl;
  explicit DnsChannel(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pastmon::names

// SPDX-License-Identifier: MIT
// One interval of one sensor: its shares of level 1 added up into level 2.
#pragma once

#include <array>
#include <unordered_map>
#include <vector>

#include "archive_shares.h"
#include "archive_work.h"
#include "pastmon/metric/aggregate.h"

namespace pastmon::store {

class IntervalArchive {
 public:
  IntervalArchive(ArchiveWork& work, base::Seconds interval)
      : work_(work), shares_(work.connection()), interval_(interval), pace_(work.connection().write_time()) {}

  /// `shares` are of one sensor, all in the interval that begins at `start`, and counted. Returns early, without an
  /// error, when the work is to stop.
  base::Result<void> add(base::Seconds start, std::vector<Share>& shares);

 private:
  struct Key {
    Id signature = 0, client = 0, server = 0;
    std::int64_t port = 0;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept {
      // The ids are hashes already.
      return static_cast<std::size_t>(key.signature ^ (key.client * 3) ^ (key.server * 5) ^ key.port);
    }
  };
  using Rows = std::unordered_map<Key, metric::Aggregate, KeyHash>;
  using Group = std::vector<Share*>;
  struct Target {
    base::Seconds start = 0;
    Id sensor = 0;
    bool has_rows = false;  ///< of these keys, perhaps
  };

  static std::vector<Group> groups_of(std::vector<Share>& shares, std::int64_t most_rows);
  base::Result<void> add_group(Target& target, const Group& group);
  base::Result<void> read(const Group& group, unsigned first, unsigned last);
  base::Result<void> merge_present(const Target& target, unsigned first, unsigned last);
  base::Result<void> write_parts(const Target& target, const Group& group, unsigned first, unsigned last);
  base::Result<void> write(const Target& target, const Group& group, unsigned first, unsigned last);
  base::Result<bool> any_present(const Target& target);

  ArchiveWork& work_;
  Shares shares_;
  base::Seconds interval_;
  Pace pace_;
  std::array<Rows, kParts> parts_;
};

}  // namespace pastmon::store

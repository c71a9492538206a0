// SPDX-License-Identifier: MIT
// What the open buckets hold, as the checkpoint keeps it: every row that ever changed since its bucket opened, in its
// encoded form, and which of them the database has not been given yet.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "journal.h"

namespace pastmon::store {

class OpenState {
 public:
  using Statistics = std::map<base::Seconds, std::vector<Statistic>>;

  /// Replaces these rows and figures. Rows of one key in one call are added up.
  void replace(std::vector<metric::Bucket> changed, const Statistics& statistics, const std::vector<HostName>& names);
  /// These are closed now, or will never be.
  void close(const std::vector<metric::Bucket>& buckets, const Statistics& statistics);
  /// Names that no batch has carried yet: the next one takes them.
  std::vector<HostName> take_names();

  bool empty() const { return buckets_.empty() && statistics_.empty() && names_.empty(); }
  /// The bytes of the checkpoint file.
  std::string encode(const Batch& head, std::int64_t next_number) const;

  bool pending() const { return !pending_rows_.empty() || !pending_statistics_.empty() || !pending_names_.empty(); }
  /// What the database has not been given, in the bytes of a checkpoint (decoding takes its time elsewhere), and
  /// forgets that it is so.
  std::string take_pending(const Batch& head);
  /// The database did not take `batch`: what is still open of it is pending again.
  void put_back(const Batch& batch);

 private:
  Statistics listed(const std::set<base::Seconds>* only) const;

  struct OpenBucket {
    base::Seconds seconds = 0;
    std::unordered_map<std::string, std::string> rows;  ///< key → values
  };
  using Figure = std::pair<std::string, std::string>;  ///< name, interface

  std::map<base::Seconds, OpenBucket> buckets_;
  std::map<base::Seconds, std::map<Figure, metric::Summary>> statistics_;
  std::map<base::Address, HostName> names_;
  std::map<base::Seconds, std::unordered_set<std::string>> pending_rows_;
  std::set<base::Seconds> pending_statistics_;
  std::map<base::Address, HostName> pending_names_;
};

}  // namespace pastmon::store

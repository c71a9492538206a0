// SPDX-License-Identifier: MIT
// The bytes of a journal file and of the checkpoint: docs/journal-format.md. Never trusts what it reads.
#pragma once

#include <string>
#include <string_view>

#include "pastmon/base/result.h"
#include "pastmon/store/store.h"

namespace pastmon::base {
class VarintReader;
}

namespace pastmon::store {

enum class JournalKind : std::uint8_t { batch = 1, checkpoint = 2 };

/// A row as it stands in a file, in two parts: the key, and the values.
struct EncodedRow {
  std::string key;
  std::string values;
};
EncodedRow encode_row(const metric::Row& row);
base::Result<metric::Row> decode_row(std::string_view key_and_values);

/// Builds a file bucket by bucket.
class JournalWriter {
 public:
  /// Of `head` counts what is not in lists. `number`: of the batch; in a checkpoint, the next one of the run.
  JournalWriter(JournalKind kind, const Batch& head, std::int64_t number);

  void begin_buckets(std::size_t count);
  void begin_bucket(base::Seconds start, base::Seconds seconds, std::size_t rows);
  void add_row(std::string_view key, std::string_view values);
  /// The rest of the file, and its end. Returns the file's bytes.
  std::string finish(const std::map<base::Seconds, std::vector<Statistic>>& statistics,
                     const std::vector<HostName>& names);

 private:
  std::string bytes_;
};

std::string encode_batch(const Batch& batch);

/// The batch in a file of this kind. Errors: cut, checksum, written by a newer program.
base::Result<Batch> decode_journal(std::string_view file, JournalKind kind);

}  // namespace pastmon::store

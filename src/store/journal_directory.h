// SPDX-License-Identifier: MIT
// The directory of journal and checkpoint: one process at a time, files that are whole or not there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pastmon/base/result.h"

namespace pastmon::store {

class JournalDirectory {
 public:
  struct File {
    std::uint64_t sequence = 0;  ///< order of writing
    std::uint64_t bytes = 0;
  };

  struct AsideFile {
    std::string name;
    std::uint64_t bytes = 0;
    std::int64_t written = 0;  ///< nanoseconds since 1970
  };

  JournalDirectory() = default;
  ~JournalDirectory();
  JournalDirectory(const JournalDirectory&) = delete;
  JournalDirectory& operator=(const JournalDirectory&) = delete;

  /// Makes it if missing (mode 2750) and `make`, locks it for this process, removes half-written files.
  base::Result<void> take(const std::string& path, bool make = true);
  /// To read in, whoever has it.
  base::Result<void> look_at(const std::string& path);

  /// Batches on disk, oldest first.
  base::Result<std::vector<File>> batches() const;
  /// What was set aside, the oldest first.
  std::vector<AsideFile> aside() const;

  /// Names of all files, batches (also those aside) in the order of writing, then the others.
  std::vector<std::string> files() const;
  /// Is that the name of a batch, waiting or aside?
  static bool is_batch(const std::string& name);
  /// The highest number that a batch has or had, be it aside; 0: none.
  std::uint64_t last_sequence() const;

  /// Who this machine is: 32 random hexadecimal digits in the file "identity", made if it is not there.
  base::Result<std::string> identity() const;

  static std::string batch_name(std::uint64_t sequence);
  static constexpr const char* kIdentity = "identity";
  static constexpr const char* kCheckpoint = "checkpoint";
  static constexpr const char* kDamaged = ".damaged";  ///< cannot be read
  static constexpr const char* kRefused = ".refused";  ///< the database does not take it

  /// Whole and on disk when this returns, replacing a file of that name.
  base::Result<void> write(const std::string& name, std::string_view bytes) const;
  base::Result<std::string> read(const std::string& name) const;
  bool exists(const std::string& name) const;
  std::uint64_t size_of(const std::string& name) const;  ///< 0: no such file
  void remove(const std::string& name) const;
  /// Renames a file to NAME and `end` (then NAME.damaged.2, …), so that nothing reads it again. Returns that name.
  std::string set_aside(const std::string& name, std::string_view end) const;

  const std::string& path() const { return path_; }

 private:
  std::string full(const std::string& name) const { return path_ + "/" + name; }
  void sync() const;

  std::string path_;
  int directory_ = -1;
  int lock_ = -1;
};

}  // namespace pastmon::store

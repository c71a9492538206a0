// SPDX-License-Identifier: MIT
#include "journal_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <tuple>

#include "pastmon/base/text.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Error;
using base::Result;

constexpr std::string_view kBatchEnd = ".batch";
constexpr std::string_view kNewEnd = ".new";
constexpr std::size_t kDigits = 20;
constexpr mode_t kFileMode = 0640;

std::optional<std::uint64_t> sequence_of(std::string_view name) {
  if (name.size() != kDigits + kBatchEnd.size() || !name.ends_with(kBatchEnd)) return std::nullopt;
  std::uint64_t sequence = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + kDigits, sequence);
  if (error != std::errc() || end != name.data() + kDigits) return std::nullopt;
  return sequence;
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::vector<std::string> names_in(const std::string& path) {
  std::vector<std::string> names;
  DIR* directory = ::opendir(path.c_str());
  if (directory == nullptr) return names;
  while (const dirent* entry = ::readdir(directory)) names.emplace_back(static_cast<const char*>(entry->d_name));
  ::closedir(directory);
  return names;
}

}  // namespace

JournalDirectory::~JournalDirectory() {
  if (directory_ >= 0) ::close(directory_);
  if (lock_ >= 0) ::close(lock_);
}

Result<void> JournalDirectory::look_at(const std::string& path) {
  path_ = path;
  directory_ = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory_ < 0) return Error{cat("cannot use the journal directory ", path, ": ", std::strerror(errno))};
  return {};
}

Result<void> JournalDirectory::take(const std::string& path, bool make) {
  if (make && ::mkdir(path.c_str(), 02750) == 0) {
    ::chmod(path.c_str(), 02750);  // whatever the umask
  } else if (make && errno != EEXIST) {
    return Error{cat("cannot make the journal directory ", path, ": ", std::strerror(errno))};
  }
  if (Result<void> opened = look_at(path); !opened) return opened;
  lock_ = ::open(full("lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode);
  if (lock_ < 0) return Error{cat("cannot write in the journal directory ", path, ": ", std::strerror(errno))};
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    char holder[32] = {};
    const ssize_t n = ::pread(lock_, holder, sizeof holder - 1, 0);
    return Error{cat("the journal directory ", path, " is in use by process ",
                     n > 0 ? base::trim(static_cast<const char*>(holder)) : std::string_view("?"))};
  }
  if (::ftruncate(lock_, 0) != 0 || !write_all(lock_, cat(::getpid(), "\n")))
    return Error{cat("cannot write in the journal directory ", path, ": ", std::strerror(errno))};
  for (const std::string& name : names_in(path))
    if (name.ends_with(kNewEnd)) ::unlink(full(name).c_str());
  return {};
}

Result<std::vector<JournalDirectory::File>> JournalDirectory::batches() const {
  std::vector<File> files;
  for (const std::string& name : names_in(path_)) {
    struct stat status {};
    const std::optional<std::uint64_t> sequence = sequence_of(name);
    if (!sequence || ::stat(full(name).c_str(), &status) != 0) continue;
    files.push_back({*sequence, static_cast<std::uint64_t>(status.st_size)});
  }
  std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.sequence < b.sequence; });
  return files;
}

std::vector<JournalDirectory::AsideFile> JournalDirectory::aside() const {
  std::vector<AsideFile> files;
  for (const std::string& name : names_in(path_)) {
    const std::string_view rest = std::string_view(name).substr(is_batch(name) ? kDigits + kBatchEnd.size() : 0);
    const std::size_t end = rest.starts_with(kCheckpoint) ? std::string_view(kCheckpoint).size() : 0;
    const bool is_aside = rest.substr(end).starts_with(kDamaged) || rest.substr(end).starts_with(kRefused);
    struct stat status {};
    if (!is_aside || name.ends_with(kNewEnd) || ::stat(full(name).c_str(), &status) != 0) continue;
    files.push_back({name, static_cast<std::uint64_t>(status.st_size),
                     std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec});
  }
  std::sort(files.begin(), files.end(), [](const AsideFile& a, const AsideFile& b) {
    return std::tie(a.written, a.name) < std::tie(b.written, b.name);
  });
  return files;
}

std::vector<std::string> JournalDirectory::files() const {
  std::vector<std::string> names = names_in(path_);
  std::sort(names.begin(), names.end());  // digits come before letters
  return names;
}

bool JournalDirectory::is_batch(const std::string& name) {
  if (name.ends_with(kNewEnd)) return false;
  return sequence_of(std::string_view(name).substr(0, kDigits + kBatchEnd.size())).has_value();
}

std::uint64_t JournalDirectory::last_sequence() const {
  std::uint64_t last = 0;
  for (const std::string& name : names_in(path_))
    last = std::max(last, sequence_of(std::string_view(name).substr(0, kDigits + kBatchEnd.size())).value_or(0));
  return last;
}

std::string JournalDirectory::batch_name(std::uint64_t sequence) {
  const std::string digits = cat(sequence);
  return cat(std::string(kDigits - digits.size(), '0'), digits, kBatchEnd);
}

Result<void> JournalDirectory::write(const std::string& name, std::string_view bytes) const {
  const std::string target = full(name);
  const std::string temporary = cat(target, kNewEnd);
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode);
  bool done = fd >= 0 && write_all(fd, bytes) && ::fsync(fd) == 0;
  int reason = errno;
  if (fd >= 0) ::close(fd);
  if (done && ::rename(temporary.c_str(), target.c_str()) != 0) {
    done = false;
    reason = errno;
  }
  if (!done) {
    ::unlink(temporary.c_str());
    return Error{cat("cannot write ", target, ": ", std::strerror(reason))};
  }
  sync();
  return {};
}

Result<std::string> JournalDirectory::identity() const {
  constexpr std::size_t kBytes = 16;
  constexpr std::string_view kHex = "0123456789abcdef";
  if (exists(kIdentity)) {
    const Result<std::string> file = read(kIdentity);
    if (!file) return file.error();
    std::string identity(base::trim(*file));
    if (identity.size() == 2 * kBytes && identity.find_first_not_of(kHex) == std::string::npos) return identity;
    return Error{cat(full(kIdentity), " does not hold 32 hexadecimal digits: remove it, and after the next start run ",
                     "pastmon-admin sensor release NAME")};
  }
  std::uint8_t random[kBytes];
  if (::getrandom(random, kBytes, 0) != ssize_t{kBytes}) return Error{"the system gives no random bytes"};
  std::string identity;
  for (const std::uint8_t byte : random) {
    identity += kHex[byte >> 4U];
    identity += kHex[byte & 15U];
  }
  if (Result<void> written = write(kIdentity, identity + "\n"); !written) return written.error();
  return identity;
}

Result<std::string> JournalDirectory::read(const std::string& name) const {
  const int fd = ::open(full(name).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Error{cat("cannot read ", full(name), ": ", std::strerror(errno))};
  std::string bytes;
  struct stat status {};
  if (::fstat(fd, &status) == 0 && status.st_size > 0) bytes.reserve(static_cast<std::size_t>(status.st_size));
  char buffer[65536];
  for (;;) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int reason = errno;
      ::close(fd);
      return Error{cat("cannot read ", full(name), ": ", std::strerror(reason))};
    }
    if (n == 0) break;
    bytes.append(buffer, static_cast<std::size_t>(n));
  }
  ::close(fd);
  return bytes;
}

bool JournalDirectory::exists(const std::string& name) const { return ::access(full(name).c_str(), F_OK) == 0; }

std::uint64_t JournalDirectory::size_of(const std::string& name) const {
  struct stat status {};
  return ::stat(full(name).c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

void JournalDirectory::remove(const std::string& name) const {
  ::unlink(full(name).c_str());
  sync();
}

std::string JournalDirectory::set_aside(const std::string& name, std::string_view end) const {
  std::string aside = cat(name, end);
  for (int i = 2; exists(aside); ++i) aside = cat(name, end, ".", i);
  ::rename(full(name).c_str(), full(aside).c_str());
  sync();
  return aside;
}

void JournalDirectory::sync() const { ::fsync(directory_); }

}  // namespace pastmon::store

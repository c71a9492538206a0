// SPDX-License-Identifier: MIT
#include "preprocess.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include "pastmon/base/text.h"

namespace pastmon::config {
namespace {

using base::cat;
using base::Error;
using base::Result;
namespace fs = std::filesystem;

constexpr int kMaxDepth = 8;
constexpr std::uintmax_t kMaxFile = 16U << 20U;

Result<std::string> read_whole(const std::string& path) {
  std::error_code failure;
  const fs::file_status status = fs::status(path, failure);
  if (!fs::exists(status)) {
    return Error{cat(path, ": ", status.type() == fs::file_type::not_found ? "no such file" : failure.message())};
  }
  if (fs::is_directory(status)) return Error{cat(path, ": is a directory, not a configuration file")};
  if (fs::is_regular_file(status) && fs::file_size(path, failure) > kMaxFile) {
    return Error{cat(path, ": larger than 16 MB, not a configuration file")};
  }
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{cat(path, ": cannot be read: ", std::strerror(errno))};
  std::ostringstream bytes;
  bytes << in.rdbuf();
  if (in.bad()) return Error{cat(path, ": cannot be read: ", std::strerror(errno))};
  return std::move(bytes).str();
}

bool starts_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '*'; }
bool in_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '*' || c == '-' || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// True when the integer that begins `token` (sign, digits or 0x digits, optional L) can be kept as libconfig does.
bool integer_fits(std::string_view token) {
  const bool wide = !token.empty() && token.back() == 'L';
  while (!token.empty() && token.back() == 'L') token.remove_suffix(1);
  if (!token.empty() && token.front() == '+') token.remove_prefix(1);
  const bool hexadecimal = token.size() > 2 && (token[1] == 'x' || token[1] == 'X');
  if (hexadecimal) token.remove_prefix(2);
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(token.data(), token.data() + token.size(), value, hexadecimal ? 16 : 10);
  if (code != std::errc() || end != token.data() + token.size()) return false;
  return wide ||
         (value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max());
}

/// Goes through one file's text token by token, copying it into the source and expanding directives.
class Expander {
 public:
  explicit Expander(Source& out) : out_(out) {}

  Result<void> file(const std::string& path, int depth) {
    const Result<std::string> bytes = read_whole(path);
    if (!bytes) return bytes.error();
    return text(*bytes, path, fs::path(path).parent_path(), depth);
  }

  Result<void> text(std::string_view bytes, const std::string& name, const fs::path& directory, int depth) {
    Reader reader{bytes, name, directory, depth};
    if (const auto zero = bytes.find('\0'); zero != std::string_view::npos) {
      const auto line = 1 + std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(zero), '\n');
      return Error{cat(name, ":", line, ": a NUL byte, so this is not a text file")};
    }
    while (reader.at < bytes.size()) {
      if (const Result<void> done = token(reader); !done) return done;
    }
    if (bytes.empty() || bytes.back() != '\n') {
      out_.text.push_back('\n');
      out_.lines.push_back({name, reader.line});
    }
    return {};
  }

 private:
  struct Reader {
    std::string_view bytes;
    const std::string& name;
    const fs::path& directory;
    int depth;
    std::size_t at = 0;
    int line = 1;
    bool line_start = true;  ///< nothing but white space so far on this line

    char peek(std::size_t ahead = 0) const { return at + ahead < bytes.size() ? bytes[at + ahead] : '\0'; }
    std::string where() const { return cat(name, ":", line); }
  };

  void copy(Reader& r, std::size_t count = 1) {
    for (; count > 0 && r.at < r.bytes.size(); --count) {
      const char c = r.bytes[r.at++];
      out_.text.push_back(c);
      if (c == '\n') {
        out_.lines.push_back({r.name, r.line});
        ++r.line;
        r.line_start = true;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        r.line_start = false;
      }
    }
  }

  Result<void> token(Reader& r) {
    const char c = r.peek();
    if (c == '#' || (c == '/' && r.peek(1) == '/')) {
      while (r.at < r.bytes.size() && r.peek() != '\n') copy(r);
    } else if (c == '/' && r.peek(1) == '*') {
      const auto end = r.bytes.find("*/", r.at + 2);
      if (end == std::string_view::npos) return Error{cat(r.where(), ": this comment never ends (*/ is missing)")};
      copy(r, end + 2 - r.at);
    } else if (c == '"') {
      return string(r);
    } else if (c == '@' && r.line_start) {
      return directive(r);
    } else if (starts_name(c)) {
      while (in_name(r.peek())) copy(r);
    } else if (is_digit(c) || ((c == '-' || c == '+') && is_digit(r.peek(1)))) {
      return number(r);
    } else {
      copy(r);
    }
    return {};
  }

  Result<void> string(Reader& r) {
    const std::string begin = r.where();
    std::size_t end = r.at + 1;
    while (end < r.bytes.size() && r.bytes[end] != '"') end += r.bytes[end] == '\\' ? 2U : 1U;
    if (end >= r.bytes.size()) return Error{cat(begin, ": this string never ends (\" is missing)")};
    const std::string_view inside = r.bytes.substr(r.at + 1, end - r.at - 1);
    for (std::size_t i = 0; i < inside.size(); ++i) {
      if (inside[i] != '\\') continue;
      if (inside.substr(i, 4) == "\\x00") {
        return Error{cat(begin, ": a NUL byte cannot stand in a string (in a pattern write \"\\\\x00\")")};
      }
      ++i;
    }
    copy(r, end + 1 - r.at);
    return {};
  }

  Result<void> number(Reader& r) {
    std::size_t end = r.at + 1;
    while (end < r.bytes.size() &&
           (std::isalnum(static_cast<unsigned char>(r.bytes[end])) != 0 || r.bytes[end] == '.')) {
      ++end;
    }
    const std::string_view token = r.bytes.substr(r.at, end - r.at);
    const bool hexadecimal = token.find_first_of("xX") != std::string_view::npos;
    const bool real = token.find('.') != std::string_view::npos ||
                      (!hexadecimal && token.find_first_of("eE") != std::string_view::npos);
    if (!real && !integer_fits(token)) {
      return Error{cat(r.where(), ": ", token,
                       " is too large for a number here; write sizes as text with a unit, such as \"8G\"")};
    }
    copy(r, end - r.at);
    return {};
  }

  Result<void> directive(Reader& r) {
    const auto newline = std::min(r.bytes.find('\n', r.at), r.bytes.size());
    const std::string_view line = base::trim(r.bytes.substr(r.at, newline - r.at));
    const bool directory = line.starts_with("@include_dir");
    const std::string_view word = directory ? "@include_dir" : "@include";
    const std::string_view rest = line.starts_with(word) ? base::trim(line.substr(word.size())) : std::string_view();
    const auto closing = rest.empty() ? std::string_view::npos : rest.find('"', 1);
    if (rest.empty() || rest.front() != '"' || closing == std::string_view::npos || closing < 2) {
      return Error{cat(r.where(), ": expected @include \"FILE\" or @include_dir \"DIRECTORY\"")};
    }
    if (r.depth >= kMaxDepth) {
      return Error{cat(r.where(), ": files include each other more than ", kMaxDepth, " deep")};
    }
    const fs::path named(rest.substr(1, closing - 1));
    const std::string path = (named.is_absolute() ? named : r.directory / named).string();
    if (const Result<void> done = include(path, directory, r); !done) return done;
    r.at = newline;
    if (r.at < r.bytes.size()) ++r.at;
    ++r.line;
    r.line_start = true;
    return {};
  }

  Result<void> include(const std::string& path, bool directory, const Reader& r) {
    std::vector<std::string> files{path};
    if (directory) {
      Result<std::vector<std::string>> found = conf_files(path);
      if (!found) return Error{cat(r.where(), ": ", found.message())};
      files = *std::move(found);
    }
    for (const std::string& each : files) {
      Result<std::string> bytes = read_whole(each);
      if (!bytes) return Error{cat(r.where(), ": ", bytes.message())};
      if (const Result<void> done = text(*bytes, each, fs::path(each).parent_path(), r.depth + 1); !done) return done;
    }
    return {};
  }

  Source& out_;
};

}  // namespace

std::string Place::text() const { return line > 0 ? cat(file, ":", line) : file; }

const Place& Source::place(int line) const {
  static const Place nowhere;
  if (lines.empty()) return nowhere;
  const auto index = static_cast<std::size_t>(std::max(line, 1)) - 1;
  return lines[std::min(index, lines.size() - 1)];
}

Result<Source> read_source(const std::string& path) {
  Source source;
  if (const Result<void> done = Expander(source).file(path, 0); !done) return done.error();
  return source;
}

Result<Source> read_source_text(std::string_view text, const std::string& name) {
  Source source;
  if (const Result<void> done = Expander(source).text(text, name, ".", 0); !done) return done.error();
  return source;
}

Result<std::vector<std::string>> conf_files(const std::string& directory) {
  std::error_code failure;
  fs::directory_iterator entries(directory, failure);
  if (failure) return Error{cat(directory, ": cannot be read as a directory: ", failure.message())};
  std::vector<std::string> files;
  for (; entries != fs::directory_iterator(); entries.increment(failure)) {
    const std::string name = entries->path().filename().string();
    if (name.ends_with(".conf") && !name.starts_with(".")) files.push_back(entries->path().string());
    if (failure) return Error{cat(directory, ": cannot be read as a directory: ", failure.message())};
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace pastmon::config

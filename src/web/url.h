// SPDX-License-Identifier: MIT
// Percent coding and query strings (RFC 3986; application/x-www-form-urlencoded of the WHATWG URL standard).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pastmon::web {

/// Everything but unreserved characters as %XX: safe in a path, a query value and an attribute.
std::string percent_encode(std::string_view text);

/// Undoes %XX, and '+' as a space when `plus_is_space`. Nothing when an escape is malformed or a NUL byte results.
/// The result is valid UTF-8: broken sequences become U+FFFD.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

/// A path below /PasTmon/, perhaps with a query: where a redirect or a link that came from outside may lead.
bool is_own_path(std::string_view text) noexcept;

/// Names and values of a query string, in its order.
class Parameters {
 public:
  static constexpr std::size_t kMax = 100;          ///< parameters; more are an error
  static constexpr std::size_t kMaxBytes = 16'384;  ///< of the whole query string

  /// Nothing when the text is too long, has too many parameters or a malformed escape.
  static std::optional<Parameters> parse(std::string_view query);

  /// The first value of this name, trimmed; "" when there is none.
  std::string_view get(std::string_view name) const noexcept;
  /// The same as it was sent, with white space at its ends (a password).
  std::string_view get_exactly(std::string_view name) const noexcept;
  bool has(std::string_view name) const noexcept;
  const std::vector<std::pair<std::string, std::string>>& all() const noexcept { return values_; }

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

/// Builds "path?a=1&b=2": values are coded, empty ones left out.
class UrlBuilder {
 public:
  explicit UrlBuilder(std::string_view path) : url_(path) {}
  UrlBuilder& add(std::string_view name, std::string_view value);
  const std::string& str() const noexcept { return url_; }

 private:
  std::string url_;
  bool first_ = true;
};

}  // namespace pastmon::web

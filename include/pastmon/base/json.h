// SPDX-License-Identifier: MIT
// JSON out: a value that keeps the order of its keys, repairs UTF-8 and never throws.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace pastmon::base {

/// A JSON value being built. Move-only. Not for use by several threads at once.
class Json {
 public:
  Json();  ///< null
  Json(Json&&) noexcept;
  Json& operator=(Json&&) noexcept;
  ~Json();

  static Json object();
  static Json array();

  /// Adds or replaces a key of an object (a null value becomes an object first).
  template <class T>
  Json& set(std::string_view key, T&& value) {
    set_value(key, make(std::forward<T>(value)));
    return *this;
  }
  /// Appends to an array (a null value becomes an array first).
  template <class T>
  Json& push(T&& value) {
    push_value(make(std::forward<T>(value)));
    return *this;
  }

  /// Compact text, or indented by two spaces. NaN and infinity become null; broken UTF-8 becomes U+FFFD.
  std::string dump(bool pretty = false) const;

 private:
  struct Impl;
  explicit Json(std::unique_ptr<Impl> impl);

  template <class T>
  static Json make(T&& value) {
    using Value = std::decay_t<T>;
    if constexpr (std::is_same_v<Value, Json>) {
      return std::forward<T>(value);
    } else if constexpr (std::is_same_v<Value, bool>) {
      return from_bool(value);
    } else if constexpr (std::is_floating_point_v<Value>) {
      return from_double(value);
    } else if constexpr (std::is_integral_v<Value> && std::is_unsigned_v<Value>) {
      return from_unsigned(value);
    } else if constexpr (std::is_integral_v<Value>) {
      return from_signed(value);
    } else {
      return from_text(std::string_view(value));
    }
  }
  static Json from_bool(bool value);
  static Json from_double(double value);
  static Json from_unsigned(std::uint64_t value);
  static Json from_signed(std::int64_t value);
  static Json from_text(std::string_view value);
  void set_value(std::string_view key, Json value);
  void push_value(Json value);

  std::unique_ptr<Impl> impl_;
};

}  // namespace pastmon::base

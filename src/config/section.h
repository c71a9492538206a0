// SPDX-License-Identifier: MIT
// The checked values of one group of a configuration file, free of libconfig's types. Everything that stands in a
// Section has passed its schema, and keys with a default have a value, so getters cannot fail: asking for a key that
// is absent gives false, 0 or nothing.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "preprocess.h"

namespace pastmon::config {

class Section {
 public:
  /// What a key holds. Sizes are kept in bytes, durations in microseconds (both std::int64_t).
  using Value = std::variant<bool, std::int64_t, std::string, std::vector<std::string>, std::vector<std::int64_t>,
                             std::vector<Section>>;

  Section() = default;
  explicit Section(Place place) : place_(std::move(place)) {}

  bool has(std::string_view key) const;    ///< has a value, from the file or by default
  bool given(std::string_view key) const;  ///< stands in the file

  bool boolean(std::string_view key) const;
  std::int64_t integer(std::string_view key) const;  ///< integer, size (bytes), duration (microseconds)
  const std::string& text(std::string_view key) const;
  const std::vector<std::string>& texts(std::string_view key) const;
  const std::vector<std::int64_t>& integers(std::string_view key) const;
  const Section& group(std::string_view key) const;
  const std::vector<Section>& groups(std::string_view key) const;

  /// Keys that have a value, sorted.
  std::vector<std::string> keys() const;

  const Place& place() const { return place_; }    ///< where the group begins
  const Place& place(std::string_view key) const;  ///< where a key stands; else where the group begins

  std::string origin(std::string_view key) const;  ///< where a value comes from: "file:line", "command line", "default"

  void set(std::string_view key, Value value, Place place);  ///< from the file (`place.line` > 0) or elsewhere

 private:
  struct Entry {
    Value value;
    Place place;
  };
  template <class T>
  const T& get(std::string_view key) const;

  std::map<std::string, Entry, std::less<>> entries_;
  Place place_;
};

}  // namespace pastmon::config

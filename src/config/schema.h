// SPDX-License-Identifier: MIT
// What may stand in a group of a configuration file, and the walker that holds a file to it. A schema is a table: one
// row a key, with type, range, default and description; everything else (checks, messages, suggestions, the effective
// configuration, the test of the shipped files) follows from it.
//
//   inline const Schema kExample{"example", {
//       {.name = "port", .type = Type::integer, .min = 1, .max = 65535, .initial = "80", .description = "TCP port"},
//       {.name = "filter", .type = Type::text, .description = "what to capture"},
//   }};
//   base::Result<Section> section = read_file("/etc/example.conf", kExample);
//
// Refused with file:line: unknown keys (with the nearest known one), wrong types, values out of range or not among
// the choices, required keys that are missing, keys that stand twice, integers over 32 bits.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "pastmon/base/result.h"
#include "section.h"

namespace pastmon::config {

enum class Type : std::uint8_t {
  boolean,   ///< true, false
  integer,   ///< min … max
  text,      ///< min … max bytes, or one of `choices`
  size,      ///< "100M", or a number of bytes; min … max bytes
  duration,  ///< "30s", or a number of seconds; min … max microseconds
  texts,     ///< [ "a", "b" ] or a single "a"; each of min … max bytes, or one of `choices`
  integers,  ///< [ 80, 443 ] or a single 80; each min … max
  group,     ///< { … } checked against `group`
  groups,    ///< ( { … }, { … } ) or a single { … }; each checked against `group`
  open,      ///< { any_key = "text"; … }: keys are not known beforehand, values are texts (numbers and booleans are
             ///< taken as their text); kept as a group
};

struct Schema;

struct Key {
  std::string_view name;
  Type type = Type::text;
  bool required = false;
  bool secret = false;  ///< never shown
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::vector<std::string_view> choices{};
  std::string_view initial{};      ///< the default, written as text: "80", "32M", "true";
                                   ///< texts: words separated by spaces. Empty: none
  std::string_view description{};  ///< one sentence, with the unit
  const Schema* group = nullptr;   ///< of group and groups
};

struct Schema {
  std::string_view name;  ///< for messages: "section output_DBI"
  std::vector<Key> keys;

  const Key* find(std::string_view key) const;
};

/// Reads a file (with its includes) and checks it. Group keys that are absent are there all the same, with defaults.
base::Result<Section> read_file(const std::string& path, const Schema& schema);
/// The same for text in memory; `name` stands for the file in messages.
base::Result<Section> read_text(std::string_view text, const std::string& name, const Schema& schema);

/// A section of defaults only: what an empty file gives (required keys are not asked for).
Section defaults(const Schema& schema);

enum class Origins : std::uint8_t { hidden, shown };

/// The values of a section in the syntax of the file, secrets masked: the effective configuration. With origins: behind
/// each value a comment says where it comes from.
std::string print(const Section& section, const Schema& schema, Origins origins = Origins::hidden);

/// Of `known` the word most like `word`, or "" when none is near (edit distance over 2 and over a third of its length).
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace pastmon::config

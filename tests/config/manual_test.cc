// SPDX-License-Identifier: MIT
// pastmon.conf(5) and pastmon-web.conf(5) against the schema: every key with its type, range and default, no other key.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "pastmon/base/text.h"
#include "settings_schema.h"
#include "units.h"

namespace pastmon::config {
namespace {

using base::cat;

std::string number(std::int64_t value, Type type) {
  return type == Type::size       ? cat('"', format_size(value), '"')
         : type == Type::duration ? cat('"', format_duration(value), '"')
                                  : cat(value);
}

/// What stands in parentheses behind a key: `snaplen` (number, 128 to 262144; default 65535)
std::string kind_of(const Key& key) {
  const bool text = key.type == Type::text || key.type == Type::texts;
  std::string kind = key.type == Type::boolean    ? "true or false"
                     : key.type == Type::integer  ? "number"
                     : key.type == Type::size     ? "size"
                     : key.type == Type::duration ? "duration"
                     : key.type == Type::texts    ? "list of texts"
                     : key.type == Type::open     ? "section"
                                                  : "text";
  if (!key.choices.empty()) {
    kind.clear();
    for (const std::string_view choice : key.choices) kind += cat(kind.empty() ? "\"" : " or \"", choice, '"');
  } else if (!text && key.type != Type::boolean && key.type != Type::open) {
    kind += cat(", ", number(key.min, key.type), " to ", number(key.max, key.type));
  }
  if (key.required) kind += "; required";
  // Where files lie depends on how PasTmon was installed: the page says so in words.
  if (key.initial.empty() || key.initial.starts_with('/')) return kind;
  const bool bare = key.type == Type::boolean || key.type == Type::integer;
  return cat(kind, "; default ", bare ? key.initial : cat('"', key.initial, '"'));
}

/// Every key's line, in the order of the schema; behind those of the file itself its sections.
void lines_of(const Schema& schema, std::vector<std::string>& lines) {
  for (const Key& key : schema.keys) {
    if (key.type != Type::group) lines.push_back(cat('`', key.name, "` (", kind_of(key), ')'));
  }
  for (const Key& key : schema.keys) {
    if (key.type != Type::group) continue;
    lines.push_back(cat("## ", key.name));
    lines_of(*key.group, lines);
  }
}

std::vector<std::string> lines_of_page(const char* name) {
  std::ifstream page(cat(PASTMON_SOURCE_DIR, "/docs/man/", name));
  std::vector<std::string> lines;
  for (std::string line; std::getline(page, line);) {
    const bool section = line.starts_with("## ") && line.find(' ', 3) == std::string::npos;
    if (section || (line.starts_with('`') && line.find("` (") != std::string::npos)) lines.push_back(line);
  }
  return lines;
}

TEST(Manual, PageOfTheSensorHasEveryKeyWithItsRangeAndDefault) {
  std::vector<std::string> keys;
  lines_of(daemon_schema(), keys);
  EXPECT_THAT(lines_of_page("pastmon.conf.5.md"), ::testing::UnorderedElementsAreArray(keys));
}

/// The section of the database stands in pastmon.conf(5) only.
TEST(Manual, PageOfTheWebServerHasEveryKeyWithItsRangeAndDefault) {
  std::vector<std::string> keys;
  lines_of(web_schema(), keys);
  while (!keys.empty() && keys.back() != "## output_DBI") keys.pop_back();
  EXPECT_THAT(lines_of_page("pastmon-web.conf.5.md"), ::testing::UnorderedElementsAreArray(keys));
}

}  // namespace
}  // namespace pastmon::config

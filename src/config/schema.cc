// SPDX-License-Identifier: MIT
#include "schema.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "pastmon/base/text.h"
#include "units.h"

namespace pastmon::config {
namespace {

using base::cat;

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

std::int64_t whole_number(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// The value that a key has when the file does not give one.
bool initial_value(const Key& key, Section::Value& value) {
  switch (key.type) {
    case Type::group:
      value = std::vector<Section>{defaults(*key.group)};
      return true;
    case Type::open:
      value = std::vector<Section>{Section()};
      return true;
    case Type::groups:
      value = std::vector<Section>{};
      return true;
    case Type::texts: {
      std::vector<std::string> words;
      for (const std::string_view word : base::split(key.initial, ' ')) {
        if (!word.empty()) words.emplace_back(word);
      }
      value = std::move(words);
      return true;
    }
    case Type::integers:
      value = std::vector<std::int64_t>{};
      return true;
    default:
      break;
  }
  if (key.initial.empty()) return false;
  if (key.type == Type::boolean) value = key.initial == "true";
  if (key.type == Type::integer) value = whole_number(key.initial);
  if (key.type == Type::text) value = std::string(key.initial);
  if (key.type == Type::size) value = parse_size(key.initial).value_or(0);
  if (key.type == Type::duration) value = parse_duration(key.initial).value_or(0);
  return true;
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + '"';
}

template <class List, class Write>
std::string listed(const List& list, const Write& write) {
  std::string out = "[ ";
  for (const auto& each : list) {
    if (out.size() > 2) out += ", ";
    out += write(each);
  }
  return out + (list.empty() ? "]" : " ]");
}

void print_group(std::string& out, const Section& section, const Schema& schema, Origins origins, std::size_t indent);

std::string printed(const Section& section, const Key& key, Origins origins, std::size_t indent) {
  switch (key.type) {
    case Type::boolean:
      return section.boolean(key.name) ? "true" : "false";
    case Type::integer:
      return cat(section.integer(key.name));
    case Type::size:
      return in_quotes(format_size(section.integer(key.name)));
    case Type::duration:
      return in_quotes(format_duration(section.integer(key.name)));
    case Type::text:
      return key.secret && !section.text(key.name).empty() ? "\"(hidden)\"" : in_quotes(section.text(key.name));
    case Type::texts:
      return listed(section.texts(key.name), [](const std::string& text) { return in_quotes(text); });
    case Type::integers:
      return listed(section.integers(key.name), [](std::int64_t number) { return cat(number); });
    case Type::open: {
      const Section& open = section.group(key.name);
      std::string out = "{ ";
      for (const std::string& name : open.keys()) {
        // libpq takes passwords under several names.
        const bool hidden = name.find("pass") != std::string::npos;
        out += cat(name, " = ", hidden ? "\"(hidden)\"" : in_quotes(open.text(name)), "; ");
      }
      return out + "}";
    }
    case Type::group:
    case Type::groups:
      break;
  }
  std::string out;
  const std::vector<Section>& groups = section.groups(key.name);
  for (const Section& group : groups) {
    out += out.empty() ? "{\n" : ", {\n";
    print_group(out, group, *key.group, origins, indent + 2);
    out += std::string(indent, ' ') + "}";
  }
  return key.type == Type::groups ? cat("( ", out, " )") : out;
}

/// True for a group that is not in the file and could not be: what it requires has no value.
bool incomplete(const Section& section, const Key& key) {
  if (key.type != Type::group) return false;
  const Section& group = section.group(key.name);
  return std::any_of(key.group->keys.begin(), key.group->keys.end(),
                     [&](const Key& each) { return each.required && !group.has(each.name); });
}

void print_group(std::string& out, const Section& section, const Schema& schema, Origins origins, std::size_t indent) {
  constexpr std::size_t kColumn = 44;  // of the comments
  for (const Key& key : schema.keys) {
    if (!section.has(key.name) || incomplete(section, key)) continue;
    const bool groups = key.type == Type::group || key.type == Type::groups;
    std::string line =
        cat(std::string(indent, ' '), key.name, key.type == Type::group || key.type == Type::open ? ": " : " = ",
            printed(section, key, origins, indent), ";");
    if (origins == Origins::shown && !groups) {
      line.resize(std::max(line.size() + 1, kColumn), ' ');
      line += cat("// ", base::escape_controls(section.origin(key.name)));
    }
    out += line + '\n';
  }
}

}  // namespace

const Key* Schema::find(std::string_view key) const {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const Key& each) { return each.name == key; });
  return found == keys.end() ? nullptr : &*found;
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known) {
  const std::string wanted = base::lower(word);
  std::size_t best = (word.size() < 4 ? 1 : std::max<std::size_t>(2, word.size() / 3)) + 1;
  std::string_view answer;
  for (const std::string_view each : known) {
    const std::size_t distance = edit_distance(wanted, base::lower(each));
    if (distance < best) {
      best = distance;
      answer = each;
    }
  }
  return answer;
}

Section defaults(const Schema& schema) {
  Section section;
  for (const Key& key : schema.keys) {
    Section::Value value;
    if (initial_value(key, value)) section.set(key.name, std::move(value), Place{});
  }
  return section;
}

std::string print(const Section& section, const Schema& schema, Origins origins) {
  std::string out;
  print_group(out, section, schema, origins, 0);
  return out;
}

}  // namespace pastmon::config

// SPDX-License-Identifier: MIT
// The one file that knows libconfig. Its exceptions end here.
#include <libconfig.h++>

#include "pastmon/base/text.h"
#include "schema.h"
#include "units.h"

namespace pastmon::config {
namespace {

using base::cat;
using base::Error;
using base::Result;
using libconfig::Setting;

constexpr int kMaxNesting = 16;

bool is_integer(const Setting& s) { return s.getType() == Setting::TypeInt || s.getType() == Setting::TypeInt64; }

std::int64_t integer_of(const Setting& s) {
  return s.getType() == Setting::TypeInt ? static_cast<int>(s) : static_cast<std::int64_t>(static_cast<long long>(s));
}

std::string text_of(const Setting& s) { return static_cast<const char*>(s); }

std::string_view wanted(Type type) {
  switch (type) {
    case Type::boolean:
      return "true or false";
    case Type::integer:
      return "a whole number";
    case Type::text:
      return "text in quotes";
    case Type::size:
      return "a size such as \"100M\"";
    case Type::duration:
      return "a duration such as \"30s\" or \"5m\"";
    case Type::texts:
      return "a list of texts such as [ \"a\", \"b\" ]";
    case Type::integers:
      return "a list of whole numbers such as [ 80, 443 ]";
    case Type::groups:
      return "a list of groups ( { … }, { … } )";
    case Type::group:
    case Type::open:
      break;
  }
  return "a group { … }";
}

std::string shown(Type type, std::int64_t value) {
  if (type == Type::size) return cat('"', format_size(value), '"');
  if (type == Type::duration) return cat('"', format_duration(value), '"');
  return cat(value);
}

class Walker {
 public:
  explicit Walker(const Source& source) : source_(source) {}

  Result<Section> group(const Setting& setting, const Schema& schema, int depth) {
    const Place place = where(setting);
    if (depth > kMaxNesting) return Error{cat(place.text(), ": groups are nested too deep")};
    Section section = defaults(schema);
    Section result(place);
    for (const std::string& name : section.keys()) copy_default(section, schema, name, result);
    for (int i = 0; i < setting.getLength(); ++i) {
      const Setting& each = setting[i];
      const std::string name = each.getName() != nullptr ? each.getName() : "";
      const Key* key = schema.find(name);
      if (key == nullptr) return unknown(each, name, schema);
      Result<Section::Value> value = read(each, *key, depth);
      if (!value) return value.error();
      result.set(name, *std::move(value), where(each));
    }
    for (const Key& key : schema.keys) {
      if (key.required && !result.given(key.name)) {
        return Error{cat(place.text(), ": ", section_name(schema), "lacks ", key.name, " (", key.description, ")")};
      }
    }
    return result;
  }

 private:
  Place where(const Setting& setting) const { return source_.place(static_cast<int>(setting.getSourceLine())); }

  static std::string section_name(const Schema& schema) {
    return schema.name.empty() ? std::string() : cat(schema.name, " ");
  }

  static void copy_default(const Section& from, const Schema& schema, const std::string& name, Section& to) {
    switch (schema.find(name)->type) {
      case Type::boolean:
        return to.set(name, from.boolean(name), Place{});
      case Type::text:
        return to.set(name, from.text(name), Place{});
      case Type::texts:
        return to.set(name, from.texts(name), Place{});
      case Type::integers:
        return to.set(name, from.integers(name), Place{});
      case Type::group:
      case Type::groups:
      case Type::open:
        return to.set(name, from.groups(name), Place{});
      case Type::integer:
      case Type::size:
      case Type::duration:
        return to.set(name, from.integer(name), Place{});
    }
  }

  Error unknown(const Setting& setting, std::string_view name, const Schema& schema) const {
    std::vector<std::string_view> known;
    for (const Key& key : schema.keys) known.push_back(key.name);
    const std::string_view near = nearest(name, known);
    const std::string in = schema.name.empty() ? std::string() : cat(" in ", schema.name);
    return Error{cat(where(setting).text(), ": unknown key ", name, in,
                     near.empty() ? std::string() : cat("; did you mean ", near, "?"))};
  }

  Error wrong_type(const Setting& setting, const Key& key) const {
    return Error{cat(where(setting).text(), ": ", key.name, " must be ", wanted(key.type))};
  }

  Result<Section::Value> read(const Setting& setting, const Key& key, int depth) {
    switch (key.type) {
      case Type::boolean:
        if (setting.getType() != Setting::TypeBoolean) return wrong_type(setting, key);
        return Section::Value(static_cast<bool>(setting));
      case Type::integer:
      case Type::size:
      case Type::duration:
        return number(setting, key);
      case Type::text: {
        if (setting.getType() != Setting::TypeString) return wrong_type(setting, key);
        if (Result<void> fine = check(setting, key, text_of(setting)); !fine) return fine.error();
        return Section::Value(text_of(setting));
      }
      case Type::texts:
        return texts(setting, key);
      case Type::integers:
        return integers(setting, key);
      case Type::group: {
        if (!setting.isGroup()) return wrong_type(setting, key);
        return one_group(setting, *key.group, depth);
      }
      case Type::groups:
        return groups(setting, key, depth);
      case Type::open:
        return open(setting, key);
    }
    return wrong_type(setting, key);
  }

  Result<Section::Value> number(const Setting& setting, const Key& key) {
    std::int64_t value = 0;
    if (is_integer(setting)) {
      value = integer_of(setting);
      if (key.type == Type::duration) {
        if (value < 0 || value > key.max / base::kSecond) return out_of_range(setting, key);
        value *= base::kSecond;
      }
    } else if (setting.getType() == Setting::TypeString && key.type != Type::integer) {
      const auto parsed = key.type == Type::size ? parse_size(text_of(setting)) : parse_duration(text_of(setting));
      if (!parsed) return wrong_type(setting, key);
      value = *parsed;
    } else {
      return wrong_type(setting, key);
    }
    if (value < key.min || value > key.max) return out_of_range(setting, key);
    return Section::Value(value);
  }

  Error out_of_range(const Setting& setting, const Key& key) const {
    return Error{cat(where(setting).text(), ": ", key.name, " must be from ", shown(key.type, key.min), " to ",
                     shown(key.type, key.max))};
  }

  Result<void> check(const Setting& setting, const Key& key, std::string_view text) const {
    if (!key.choices.empty()) {
      for (const std::string_view choice : key.choices) {
        if (choice == text) return {};
      }
      std::string all;
      for (const std::string_view choice : key.choices) all += cat(all.empty() ? "" : ", ", '"', choice, '"');
      return Error{cat(where(setting).text(), ": ", key.name, " is \"", base::escape_controls(text),
                       "\" but must be one of ", all)};
    }
    const auto size = static_cast<std::int64_t>(text.size());
    if (size < key.min) return Error{cat(where(setting).text(), ": ", key.name, " must not be empty")};
    if (size > key.max) return Error{cat(where(setting).text(), ": ", key.name, " is longer than ", key.max, " bytes")};
    return {};
  }

  Result<Section::Value> texts(const Setting& setting, const Key& key) {
    std::vector<std::string> values;
    const bool many = setting.isArray() || setting.isList();
    for (int i = 0; i < (many ? setting.getLength() : 1); ++i) {
      const Setting& each = many ? setting[i] : setting;
      if (each.getType() != Setting::TypeString) return wrong_type(setting, key);
      if (Result<void> fine = check(each, key, text_of(each)); !fine) return fine.error();
      values.push_back(text_of(each));
    }
    return Section::Value(std::move(values));
  }

  Result<Section::Value> integers(const Setting& setting, const Key& key) {
    std::vector<std::int64_t> values;
    const bool many = setting.isArray() || setting.isList();
    for (int i = 0; i < (many ? setting.getLength() : 1); ++i) {
      const Setting& each = many ? setting[i] : setting;
      if (!is_integer(each)) return wrong_type(setting, key);
      if (integer_of(each) < key.min || integer_of(each) > key.max) {
        return Error{cat(where(each).text(), ": each of ", key.name, " must be from ", key.min, " to ", key.max)};
      }
      values.push_back(integer_of(each));
    }
    return Section::Value(std::move(values));
  }

  Result<Section::Value> one_group(const Setting& setting, const Schema& schema, int depth) {
    Result<Section> inner = group(setting, schema, depth + 1);
    if (!inner) return inner.error();
    std::vector<Section> list;
    list.push_back(*std::move(inner));
    return Section::Value(std::move(list));
  }

  Result<Section::Value> groups(const Setting& setting, const Key& key, int depth) {
    if (setting.isGroup()) return one_group(setting, *key.group, depth);
    if (!setting.isList()) return wrong_type(setting, key);
    std::vector<Section> list;
    for (int i = 0; i < setting.getLength(); ++i) {
      if (!setting[i].isGroup()) return wrong_type(setting, key);
      Result<Section> inner = group(setting[i], *key.group, depth + 1);
      if (!inner) return inner.error();
      list.push_back(*std::move(inner));
    }
    return Section::Value(std::move(list));
  }

  Result<Section::Value> open(const Setting& setting, const Key& key) {
    if (!setting.isGroup()) return wrong_type(setting, key);
    Section section(where(setting));
    for (int i = 0; i < setting.getLength(); ++i) {
      const Setting& each = setting[i];
      std::string text;
      if (each.getType() == Setting::TypeString) {
        text = text_of(each);
      } else if (is_integer(each)) {
        text = cat(integer_of(each));
      } else if (each.getType() == Setting::TypeBoolean) {
        text = static_cast<bool>(each) ? "true" : "false";
      } else {
        return Error{cat(where(each).text(), ": ", key.name, ".", each.getName(), " must be text in quotes")};
      }
      section.set(each.getName(), std::move(text), where(each));
    }
    return Section::Value(std::vector<Section>{std::move(section)});
  }

  const Source& source_;
};

Result<Section> walk(const Source& source, const std::string& name, const Schema& schema) {
  try {
    libconfig::Config parsed;
    parsed.readString(source.text);
    Result<Section> section = Walker(source).group(parsed.getRoot(), schema, 0);
    return section;
  } catch (const libconfig::ParseException& failure) {
    return Error{cat(source.place(failure.getLine()).text(), ": ", failure.getError(),
                     " (expected key = value; with strings in quotes)")};
  } catch (const libconfig::ConfigException& failure) {
    return Error{cat(name, ": ", failure.what())};
  }
}

}  // namespace

Result<Section> read_file(const std::string& path, const Schema& schema) {
  const Result<Source> source = read_source(path);
  if (!source) return source.error();
  return walk(*source, path, schema);
}

Result<Section> read_text(std::string_view text, const std::string& name, const Schema& schema) {
  const Result<Source> source = read_source_text(text, name);
  if (!source) return source.error();
  return walk(*source, name, schema);
}

}  // namespace pastmon::config

// SPDX-License-Identifier: MIT
#include "postgresql_text.h"

#include <array>
#include <charconv>

namespace pastmon::store {
namespace {

void put_integer(std::string& out, std::int64_t value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

/// Quotes doubled.
void put_quoted(std::string& out, std::string_view text) {
  for (std::size_t quote = text.find('\''); quote != std::string_view::npos; quote = text.find('\'')) {
    out.append(text.substr(0, quote + 1));
    out.push_back('\'');
    text.remove_prefix(quote + 1);
  }
  out.append(text);
}

std::array<std::array<char, 2>, 256> make_hex_digits() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t byte = 0; byte < pairs.size(); ++byte) pairs[byte] = {digits[byte >> 4U], digits[byte & 15U]};
  return pairs;
}

std::array<std::int8_t, 256> make_base64_values() {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  return values;
}

}  // namespace

void put_literal(std::string& out, std::string_view text) {
  out.push_back('\'');
  put_quoted(out, text);
  out.push_back('\'');
}

std::string identifier(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

std::string put_parameters(std::string_view sql, const std::vector<Parameter>& parameters) {
  if (parameters.empty()) return std::string(sql);
  std::string out;
  std::size_t next = 0;
  for (const char c : sql) {
    if (c != '?' || next >= parameters.size()) {
      out.push_back(c);
      continue;
    }
    const Parameter& parameter = parameters[next++];
    if (const auto* value = std::get_if<std::int64_t>(&parameter)) {
      out.push_back('(');  // a negative number after an operator
      put_integer(out, *value);
      out += ")::BIGINT";
    } else {
      put_literal(out, std::get<std::string>(parameter));
    }
  }
  return out;
}

void ArraySink::start_row() { column_ = 0; }

std::string& ArraySink::next() {
  std::string& array = arrays_[column_++];
  if (!array.empty()) array.push_back(',');
  bytes_ += 8;
  return array;
}

void ArraySink::integer(std::int64_t value) { put_integer(next(), value); }

void ArraySink::null() { next() += "NULL"; }

void ArraySink::text(std::string_view value) {
  std::string& array = next();
  array.push_back('"');
  for (const char c : value) {
    if (c == '"' || c == '\\') array.push_back('\\');
    array.push_back(c);
  }
  array.push_back('"');
  bytes_ += value.size();
}

// "\\x0aff": the array parser takes one backslash away, BYTEA reads \x0aff.
void ArraySink::blob(std::string_view value) {
  static const std::array<std::array<char, 2>, 256> pairs = make_hex_digits();
  std::string& array = next();
  array += "\"\\\\x";
  std::size_t at = array.size();
  array.resize(at + 2 * value.size() + 1, '"');
  for (const char c : value) {
    const std::array<char, 2>& pair = pairs[static_cast<unsigned char>(c)];
    array[at++] = pair[0];
    array[at++] = pair[1];
  }
  bytes_ += 2 * value.size();
}

std::string ArraySink::take() {
  std::size_t size = 0;
  for (const std::string& array : arrays_) size += array.size() + 20;
  std::string sql;
  sql.reserve(size);
  sql += "unnest(";
  for (std::size_t i = 0; i < arrays_.size(); ++i) {
    sql += i > 0 ? ", '{" : "'{";
    put_quoted(sql, arrays_[i]);
    sql += "}'";
    switch (columns_[i].type) {
      case ColumnType::integer:
        sql += "::BIGINT[]";
        break;
      case ColumnType::text:
        sql += "::TEXT[]";
        break;
      case ColumnType::blob:
        sql += "::BYTEA[]";
        break;
    }
    arrays_[i].clear();
  }
  bytes_ = 0;
  return sql + ")";
}

std::string decode_base64(std::string_view text) {
  static const std::array<std::int8_t, 256> values = make_base64_values();
  const auto value_of = [&text](std::size_t i) { return int{values[static_cast<unsigned char>(text[i])]}; };
  std::string out(text.size() / 4 * 3, '\0');
  std::size_t size = 0;
  while (text.size() >= 4) {
    const int a = value_of(0), b = value_of(1), c = value_of(2), d = value_of(3);
    if ((a | b | c | d) < 0) {
      if (text[0] != '\n') break;
      text.remove_prefix(1);
      continue;
    }
    const int three = a << 18 | b << 12 | c << 6 | d;
    out[size++] = static_cast<char>(three >> 16);
    out[size++] = static_cast<char>(three >> 8 & 0xff);
    out[size++] = static_cast<char>(three & 0xff);
    text.remove_prefix(4);
  }
  out.resize(size);
  std::uint32_t bits = 0;
  unsigned have = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    const std::int8_t value = values[static_cast<unsigned char>(c)];
    if (value < 0) break;
    bits = bits << 6U | static_cast<std::uint32_t>(value);
    have += 6;
    if (have >= 8) {
      have -= 8;
      out.push_back(static_cast<char>(bits >> have & 0xffU));
    }
  }
  return out;
}

}  // namespace pastmon::store

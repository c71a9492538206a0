// SPDX-License-Identifier: MIT
#include "exposition.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

/// What HELP and label values escape. `quote`: label values, which stand in quotes.
void append_escaped(std::string& out, std::string_view text, bool quote) {
  for (const char c : base::repair_utf8(text)) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quote) {
      out += "\\\"";
    } else {
      out.push_back(c);
    }
  }
}

/// 41475 → "0.041475", 2000000 → "2.0".
std::string decimal_seconds(base::Micros value) {
  const bool negative = value < 0;
  const auto size = negative ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  std::string fraction = base::cat(1'000'000 + size % 1'000'000).substr(1);
  fraction.resize(std::max<std::size_t>(fraction.find_last_not_of('0') + 1, 1));
  return base::cat(negative ? "-" : "", size / 1'000'000, ".", fraction);
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

std::string_view word(Exposition::Type type) noexcept {
  switch (type) {
    case Exposition::Type::counter:
      return "counter";
    case Exposition::Type::gauge:
      return "gauge";
    case Exposition::Type::histogram:
      return "histogram";
    case Exposition::Type::summary:
      return "summary";
  }
  return "untyped";
}

}  // namespace

Exposition::Format Exposition::negotiate(std::string_view accept) {
  for (const std::string_view part : base::split(accept, ',')) {
    const auto words = base::split(part, ';');
    if (base::lower(base::trim(words.front())) != "application/openmetrics-text") continue;
    double weight = 1;
    bool ours = true;
    for (const std::string_view word : words) {
      const std::string parameter = base::lower(base::trim(word));
      if (parameter.starts_with("q="))
        std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), weight);
      if (parameter.starts_with("version=")) ours = parameter == "version=1.0.0" || parameter == "version=0.0.1";
    }
    if (ours && weight > 0) return Format::open_metrics;
  }
  return Format::text;
}

std::string_view Exposition::content_type() const noexcept {
  return format_ == Format::open_metrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                         : "text/plain; version=0.0.4; charset=utf-8";
}

void Exposition::family(std::string_view name, Type type, std::string_view help) {
  name_ = name;
  type_ = type;
  // In the older format a counter's family has the name of its samples.
  const std::string_view ending = type == Type::counter && format_ == Format::text ? "_total" : "";
  out_ += base::cat("# HELP ", name, ending, " ");
  append_escaped(out_, help, format_ == Format::open_metrics);
  out_ += base::cat("\n# TYPE ", name, ending, " ", word(type), "\n");
}

void Exposition::value(const Labels& labels, std::int64_t value) {
  sample(type_ == Type::counter ? "_total" : "", labels, base::cat(value));
}
void Exposition::value(const Labels& labels, double value) {
  sample(type_ == Type::counter ? "_total" : "", labels, number(value));
}
void Exposition::seconds(const Labels& labels, base::Micros value) {
  sample(type_ == Type::counter ? "_total" : "", labels, decimal_seconds(value));
}

void Exposition::summary(const Labels& labels, std::int64_t count, std::int64_t sum) {
  sample("_sum", labels, base::cat(sum));
  sample("_count", labels, base::cat(count));
}
void Exposition::summary_seconds(const Labels& labels, std::int64_t count, base::Micros sum) {
  sample("_sum", labels, decimal_seconds(sum));
  sample("_count", labels, base::cat(count));
}

void Exposition::histogram(const Labels& labels, const std::vector<Bin>& bins, std::uint64_t count, base::Micros sum) {
  for (const Bin& bin : bins) sample("_bucket", labels, base::cat(bin.at_most), decimal_seconds(bin.bound));
  sample("_bucket", labels, base::cat(count), "+Inf");
  sample("_sum", labels, decimal_seconds(sum));
  sample("_count", labels, base::cat(count));
}

std::string Exposition::finish() {
  if (format_ == Format::open_metrics) out_ += "# EOF\n";
  return std::move(out_);
}

void Exposition::sample(std::string_view ending, const Labels& labels, std::string_view number,
                        std::string_view bound) {
  out_ += name_;
  out_ += ending;
  char before = '{';
  const auto add = [&](std::string_view key, std::string_view value) {
    out_.push_back(before);
    before = ',';
    out_ += key;
    out_ += "=\"";
    append_escaped(out_, value, true);
    out_.push_back('"');
  };
  for (const auto& [key, value] : labels) add(key, value);
  if (!bound.empty()) add("le", bound);
  if (before == ',') out_.push_back('}');
  out_.push_back(' ');
  out_ += number;
  out_.push_back('\n');
}

}  // namespace pastmon::web

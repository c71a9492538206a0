// SPDX-License-Identifier: MIT
// Figures as Prometheus reads them: its text format 0.0.4, or OpenMetrics 1.0 for those who ask for it.
//
// Families are written one after the other, each with its HELP and TYPE; names are without "_total", which counters
// get here. Label values may hold anything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pastmon/base/clock.h"

namespace pastmon::web {

class Exposition {
 public:
  enum class Format : std::uint8_t { text, open_metrics };
  enum class Type : std::uint8_t { counter, gauge, histogram, summary };
  using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

  /// What an Accept header asks for: OpenMetrics where it is named with a weight above 0.
  static Format negotiate(std::string_view accept);

  explicit Exposition(Format format) : format_(format) {}

  std::string_view content_type() const noexcept;

  /// Begins a family. `help`: one sentence.
  void family(std::string_view name, Type type, std::string_view help);

  // Samples of the family begun last.
  void value(const Labels& labels, std::int64_t value);
  void value(const Labels& labels, double value);
  void seconds(const Labels& labels, base::Micros value);  ///< exactly, as seconds
  /// "_sum" and "_count" of a summary.
  void summary(const Labels& labels, std::int64_t count, std::int64_t sum);
  void summary_seconds(const Labels& labels, std::int64_t count, base::Micros sum);

  struct Bin {
    base::Micros bound = 0;
    std::uint64_t at_most = 0;  ///< samples up to the bound; never falls from one bin to the next
  };
  /// Bins in ascending order, without that of infinity.
  void histogram(const Labels& labels, const std::vector<Bin>& bins, std::uint64_t count, base::Micros sum);

  /// All of it. Nothing may be added afterwards.
  std::string finish();

 private:
  void sample(std::string_view ending, const Labels& labels, std::string_view number, std::string_view bound = {});

  Format format_;
  Type type_ = Type::gauge;
  std::string name_;
  std::string out_;
};

}  // namespace pastmon::web

// SPDX-License-Identifier: MIT
// The database's totals as families of /PasTmon/metrics. Names follow from the metric registry and the table of the
// program's own statistics: "pastmon_" and base units; what exists for both sides has the label `side`.
//
// Bounds: kMaxPairs of signature and sensor, those with the most transactions; kMaxStatistics figures of the program.
// How many were left out is a figure, too.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "directory.h"
#include "exposition.h"
#include "pastmon/metric/registry.h"
#include "pastmon/metric/sketch.h"
#include "pastmon/store/store.h"

namespace pastmon::web {

inline constexpr std::size_t kMaxPairs = 500;
inline constexpr std::size_t kMaxStatistics = 5'000;

/// The family of a metric: "pastmon_retransmissions" with side "client"; "" where it has no sides.
struct FamilyName {
  std::string name;
  std::string side;
};
FamilyName family_of(const metric::Info& info);

/// Samples of a sketch at or below each of the histograms' bounds.
std::vector<Exposition::Bin> histogram_bins(const metric::Sketch& sketch);

void expose_totals(Exposition& out, std::vector<store::Total> totals, const Names& names);
/// `totals` count up; of `recent` (the latest few buckets) the newest level of each sensor and interface is taken.
void expose_statistics(Exposition& out, const std::vector<store::StatisticTotal>& totals,
                       const std::vector<store::StatisticPoint>& recent, const Names& names);

}  // namespace pastmon::web

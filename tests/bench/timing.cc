// SPDX-License-Identifier: MIT
#include "timing.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace pastmon::bench {
namespace {

double seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/// Times one run and adds it to `t`.
base::Result<void> add_run(Timing& t, const std::string& capture, const Setup& setup) {
  const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
  const double wall = seconds(CLOCK_MONOTONIC);
  const auto seen = run(t.stage, capture, setup);
  if (!seen) return seen.error();
  t.cpu.push_back(seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
  t.wall.push_back(seconds(CLOCK_MONOTONIC) - wall);
  t.seen = *seen;
  return {};
}

}  // namespace

base::Result<std::vector<Timing>> time_stages(const std::string& capture, const Setup& setup, std::uint32_t rounds) {
  std::vector<Timing> timings;
  for (const Stage stage : all_stages()) timings.push_back({stage, {}, {}, {}});
  if (const auto warm = run(Stage::read, capture, setup); !warm) return warm.error();
  for (std::uint32_t i = 0; i < rounds; ++i) {
    for (Timing& t : timings) {
      if (auto r = add_run(t, capture, setup); !r) return r.error();
    }
  }
  return timings;
}

void print(const std::vector<Timing>& timings) {
  std::printf("%-16s %12s %9s %9s %10s %10s   %s\n", "stage", "packets", "CPU s", "wall s", "Mpacket/s", "ns/packet",
              "x empty loop (least-most)");
  const Timing& yardstick = timings.front();
  for (const Timing& t : timings) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < t.cpu.size(); ++i) ratios.push_back(t.cpu[i] / yardstick.cpu[i]);
    const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
    const double cpu = median(t.cpu);
    const auto packets = static_cast<double>(t.seen.packets);
    std::printf("%-16s %12.0f %9.4f %9.4f %10.2f %10.1f   %.2f (%.2f-%.2f)\n", std::string(name(t.stage)).c_str(),
                packets, cpu, median(t.wall), packets / cpu / 1e6, cpu / packets * 1e9, median(ratios), *least, *most);
  }
  const Seen& all = timings.back().seen;
  std::printf("flows %llu, transactions %llu, rows %llu\n", static_cast<unsigned long long>(all.flows),
              static_cast<unsigned long long>(all.transactions), static_cast<unsigned long long>(all.rows));
}

base::Result<Comparison> compare_sets(const std::string& capture, const Setup& one, const Setup& other,
                                      std::uint32_t rounds) {
  Comparison c{{Stage::metric, {}, {}, {}}, {Stage::metric, {}, {}, {}}};
  if (const auto warm = run(Stage::read, capture, one); !warm) return warm.error();
  for (std::uint32_t i = 0; i < rounds; ++i) {
    if (auto r = add_run(c.one, capture, one); !r) return r.error();
    if (auto r = add_run(c.other, capture, other); !r) return r.error();
  }
  return c;
}

void print(const Comparison& c) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < c.one.cpu.size(); ++i) ratios.push_back(c.one.cpu[i] / c.other.cpu[i]);
  const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
  const auto packets = static_cast<double>(c.one.seen.packets);
  std::printf(
      "signatures: %.1f ns/packet, --against: %.1f ns/packet, ratio %.3f (%.3f-%.3f); transactions %llu, %llu\n",
      median(c.one.cpu) / packets * 1e9, median(c.other.cpu) / packets * 1e9, median(ratios), *least, *most,
      static_cast<unsigned long long>(c.one.seen.transactions),
      static_cast<unsigned long long>(c.other.seen.transactions));
}

}  // namespace pastmon::bench

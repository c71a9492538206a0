// SPDX-License-Identifier: MIT
#include "statistic_advice.h"

#include <algorithm>

#include "format.h"
#include "pastmon/base/text.h"
#include "statistic_names.h"

namespace pastmon::web {
namespace {

struct Rule {
  std::string_view name;
  std::string_view of;  ///< what it is a share of; "": any is too many
  double share;         ///< from here on
  std::int64_t least;   ///< and not fewer than this
  bool bad;
  std::string_view to_do;
};

constexpr Rule kRules[] = {
    {"batches_lost", "", 0, 1, true,
     "Results are gone: the database was away for longer than the journal could hold. Mend the database; raise "
     "max_journal in pastmon.conf."},
    {"batches_refused", "", 0, 1, true,
     "The database does not take them, and the log says why. pastmon-admin journal lists them, pastmon-admin journal "
     "replay tries again."},
    {"batches_damaged", "", 0, 1, true,
     "The disk gave back other bytes than were written: look at it. The damaged files are kept in the data directory."},
    {"kernel_dropped", "packets_received", 0, 1, true,
     "The monitor was too slow for a moment, so figures of this time are incomplete. Raise buffer in pastmon.conf, "
     "keep traffic out with filter, or give it a faster processor."},
    {"interface_dropped", "packets_received", 0, 1, true,
     "The network card had no room for them: enlarge its ring (ethtool -G), end other programs that capture, or mirror "
     "less traffic to it."},
    {"flows_evicted", "", 0, 1, true,
     "The table of flows was full, so conversations were given up. Raise max_flows in pastmon.conf; a scan or a flood "
     "fills it, too."},
    {"refused_requests", "", 0, 1, true,
     "More requests were open than may be followed: raise max_open_requests in pastmon.conf."},
    {"rows_merged", "", 0, 1, false,
     "The memory for rows was full, so light ones were added up under “(many)”: raise max_rows in pastmon.conf."},
    {"rows_folded", "", 0, 1, false,
     "Five minutes had more rows than may be stored; the rest is under “(many)”. Look for a scan, or raise "
     "max_rows_per_bucket in pastmon.conf."},
    {"ack_gaps", "packets_received", 0.001, 10, true,
     "Packets that the other side has acknowledged never came here: the mirror port loses some without saying so. "
     "Mirror less to it, or use a faster port."},
    {"flows_one_sided", "flows", 0.3, 50, false,
     "You may see only one direction: is the port mirrored both ways, and do both ways take this path? Scans and "
     "announcements are one-sided as well."},
    {"undecodable", "packets_received", 0.01, 10, false,
     "The reasons stand below. Packets cut short: raise snaplen in pastmon.conf."},
    {"not_ip", "packets_received", 0.5, 1000, false,
     "Most of what arrives is no IP. Is the traffic in a wrapping that is not known here?"},
    {"duplicates", "packets_received", 0.2, 1000, false,
     "Copies count once, but cost time: mirror one side of each link only."},
    {"lost_transactions", "signature_matches", 0.01, 50, false,
     "Transactions were given up because packets of them were missing: see drops and acknowledged packets."},
    {"regex_limit_hits", "", 0, 1, false,
     "A signature's pattern takes too long for some messages. pastmon-admin signature test finds which."},
    {"system_calls_refused", "", 0, 1, true,
     "The filter refused something that the program never needs: an attack, or a library that wants more. The log of "
     "pastmon names the calls."},
    {"fragments_evicted", "", 0, 1, false,
     "More fragments waited than there is room for: raise max_fragments in pastmon.conf, or look for an attack."},
};

constexpr double kNearlyFull = 0.8;
constexpr std::int64_t kLongWait = 60'000'000;   // µs
constexpr std::int64_t kSlowWrite = 30'000'000;  // µs

std::string place(const std::string& interface) {
  return interface.empty() ? std::string() : base::cat(" on ", format::wire_text(interface));
}

std::int64_t sum_of(const StatisticSums& sums, std::string_view name, const std::string& interface) {
  std::int64_t total = 0;
  for (const auto& [key, value] : sums) {
    if (key.first == name && (interface.empty() || key.second == interface)) total += value.sum;
  }
  return total;
}

void apply(const Rule& rule, const StatisticSums& sums, std::vector<Advice>& found) {
  for (const auto& [key, value] : sums) {
    if (key.first != rule.name || value.sum < rule.least) continue;
    const auto count = static_cast<double>(value.sum);
    const auto all = rule.of.empty() ? 0.0 : static_cast<double>(sum_of(sums, rule.of, key.second));
    if (!rule.of.empty() && count < rule.share * all) continue;
    const StatisticName name = describe_statistic(key.first);
    std::string title = base::cat(name.title, place(key.second), ": ", format::count(value.sum));
    if (all > 0) title += base::cat(" (", format::percent(count, std::max(all, count)), ")");
    found.push_back({rule.bad, key.first, key.second, std::move(title), rule.to_do});
  }
}

void look_at_limits(const StatisticSums& sums, std::vector<Advice>& found) {
  for (const auto& [key, limit] : sums) {
    if (!key.first.ends_with(kLimitSuffix) || limit.max <= 0) continue;
    const std::string name = key.first.substr(0, key.first.size() - kLimitSuffix.size());
    const auto level = sums.find({name, key.second});
    if (level == sums.end()) continue;
    const double fill = static_cast<double>(level->second.max) / static_cast<double>(limit.max);
    if (fill < kNearlyFull) continue;
    found.push_back(
        {false, name, key.second,
         base::cat(describe_statistic(name).title, ": ", format::percent(fill, 1), " of what is allowed"),
         "What comes beyond the bound is given up and counted. Raise it in section limits of pastmon.conf."});
  }
}

void look_at_database(const StatisticSums& sums, std::vector<Advice>& found) {
  const auto level = [&](std::string_view name) {
    const auto at = sums.find({std::string(name), ""});
    return at == sums.end() ? std::int64_t{0} : at->second.max;
  };
  if (const std::int64_t waited = level("batches_waiting_us"); waited >= kLongWait) {
    found.push_back(
        {true, "batches_waiting_us", "",
         base::cat("Results have waited ", format::duration(static_cast<double>(waited)), " for the database"),
         "The database is away or slow; nothing is lost while the journal has room. The log of pastmon says "
         "what it answers."});
  }
  if (const std::int64_t took = level("database_write_us"); took >= kSlowWrite) {
    found.push_back({false, "database_write_us", "",
                     base::cat("Writing to the database took ", format::duration(static_cast<double>(took))),
                     "Five minutes of results should be in it within a second or two. Look at its disk and at who else "
                     "uses it."});
  }
}

constexpr std::string_view kAway = "interface_away_us";

void look_at_absence(const StatisticSums& sums, std::vector<Advice>& found) {
  for (const auto& [key, value] : sums) {
    if (key.first != kAway || value.sum <= 0) continue;
    found.push_back(
        {true, key.first, key.second,
         base::cat("Interface ", format::wire_text(key.second), " was away for ",
                   format::duration(static_cast<double>(value.sum))),
         "Nothing was seen on it in that time. Is its name in pastmon.conf right, and is it up? ip link shows "
         "which interfaces there are; the log of pastmon lists them, too."});
  }
}

void look_at_silence(const StatisticSums& sums, std::vector<Advice>& found) {
  for (const auto& [key, value] : sums) {
    if (key.first != "packets_received" || value.sum > 0) continue;
    if (sums.contains({std::string(kAway), key.second})) continue;  // that says it all
    found.push_back({true, key.first, key.second, base::cat("No packets", place(key.second)),
                     "Is the mirror port switched on, and is it this interface? tcpdump -i INTERFACE shows what "
                     "arrives."});
  }
}

}  // namespace

std::vector<Advice> advice(const StatisticSums& sums) {
  std::vector<Advice> found;
  look_at_absence(sums, found);
  look_at_silence(sums, found);
  look_at_database(sums, found);
  for (const Rule& rule : kRules) apply(rule, sums, found);
  look_at_limits(sums, found);
  std::stable_sort(found.begin(), found.end(), [](const Advice& a, const Advice& b) { return a.bad && !b.bad; });
  return found;
}

}  // namespace pastmon::web

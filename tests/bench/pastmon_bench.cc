// SPDX-License-Identifier: MIT
// Times the monitor's line over a capture against an empty pcap_loop; see README.md.
#include <getopt.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "multiply.h"
#include "stages.h"

namespace pastmon::bench {
namespace {

constexpr char kUsage[] =
    "usage: pastmon_bench [options] CAPTURE...\n"
    "  --rounds N          rounds over all stages; the median counts (default 7)\n"
    "  --multiply N        first make one large capture out of N copies of all CAPTUREs (of one link type)\n"
    "  --at-once N         copies whose packets are interleaved (default 16)\n"
    "  --keep FILE         write the large capture there and keep it\n"
    "  --signatures DIR    signature files (default: those of the source tree)\n";

struct Arguments {
  std::uint32_t rounds = 7;
  MultiplyOptions multiply{1, 16};
  std::string keep;
  std::string signatures = PASTMON_SOURCE_DIR "/etc/signatures.d";
  std::vector<std::string> captures;
};

bool parse_number(const char* text, std::uint32_t& out) {
  const char* end = text + std::strlen(text);
  const auto [at, status] = std::from_chars(text, end, out);
  return status == std::errc() && at == end && out > 0;
}

bool parse(int argc, char** argv, Arguments& a) {
  static constexpr option options[] = {{"rounds", 1, nullptr, 'r'},     {"multiply", 1, nullptr, 'm'},
                                       {"at-once", 1, nullptr, 'o'},    {"keep", 1, nullptr, 'k'},
                                       {"signatures", 1, nullptr, 's'}, {nullptr, 0, nullptr, 0}};
  for (int c; (c = getopt_long(argc, argv, "", options, nullptr)) != -1;) {
    switch (c) {
      case 'r':
        if (!parse_number(optarg, a.rounds)) return false;
        break;
      case 'm':
        if (!parse_number(optarg, a.multiply.copies)) return false;
        break;
      case 'o':
        if (!parse_number(optarg, a.multiply.at_once)) return false;
        break;
      case 'k':
        a.keep = optarg;
        break;
      case 's':
        a.signatures = optarg;
        break;
      default:
        return false;
    }
  }
  a.captures.assign(argv + optind, argv + argc);
  return !a.captures.empty();
}

/// The capture that is timed: the given one, or the large one, which goes at the end unless it is to be kept.
class Load {
 public:
  static base::Result<Load> make(const Arguments& a) {
    Load load;
    if (a.captures.size() == 1 && a.multiply.copies == 1 && a.keep.empty()) {
      load.path_ = a.captures.front();
      return load;
    }
    load.path_ = a.keep;
    if (a.keep.empty()) {
      const char* directory = getenv("TMPDIR");
      load.path_ = std::string(directory != nullptr ? directory : "/tmp") + "/pastmon_bench_XXXXXX";
      const int fd = mkstemp(load.path_.data());
      if (fd < 0) return base::Error{"cannot create " + load.path_ + ": " + strerror(errno)};
      close(fd);
      load.temporary_ = true;
    }
    if (auto made = multiply(a.captures, a.multiply, load.path_); !made) return made.error();
    return load;
  }
  Load(Load&& other) noexcept : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, false)) {}
  ~Load() {
    if (temporary_) unlink(path_.c_str());
  }
  const std::string& path() const { return path_; }

 private:
  Load() = default;
  std::string path_;
  bool temporary_ = false;
};

struct Timing {
  Stage stage;
  Seen seen;
  std::vector<double> seconds;  // by round
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/// All stages once, so that every round gives one ratio under the same conditions.
base::Result<void> round(const std::string& capture, const Setup& setup, std::vector<Timing>& timings) {
  for (Timing& t : timings) {
    const auto begin = std::chrono::steady_clock::now();
    const auto seen = run(t.stage, capture, setup);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    if (!seen) return seen.error();
    t.seen = *seen;
    t.seconds.push_back(took.count());
  }
  return {};
}

void print(const std::vector<Timing>& timings) {
  std::printf("%-16s %12s %10s %10s %10s %14s\n", "stage", "packets", "seconds", "Mpacket/s", "ns/packet",
              "x empty loop");
  const Timing& yardstick = timings.front();
  for (const Timing& t : timings) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < t.seconds.size(); ++i) ratios.push_back(t.seconds[i] / yardstick.seconds[i]);
    const double seconds = median(t.seconds);
    const auto packets = static_cast<double>(t.seen.packets);
    const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
    std::printf("%-16s %12llu %10.4f %10.2f %10.1f %6.2f (%.2f-%.2f)\n", std::string(name(t.stage)).c_str(),
                static_cast<unsigned long long>(t.seen.packets), seconds, packets / seconds / 1e6,
                seconds / packets * 1e9, median(ratios), *least, *most);
  }
  const Seen& all = timings.back().seen;
  std::printf("flows %llu, transactions %llu, rows %llu\n", static_cast<unsigned long long>(all.flows),
              static_cast<unsigned long long>(all.transactions), static_cast<unsigned long long>(all.rows));
}

int fail(const std::string& message) {
  std::fprintf(stderr, "pastmon_bench: %s\n", message.c_str());
  return 1;
}

int main(int argc, char** argv) {
  Arguments a;
  if (!parse(argc, argv, a)) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  const auto setup = Setup::load(a.signatures);
  if (!setup) return fail(setup.message());
  const auto load = Load::make(a);
  if (!load) return fail(load.message());

  std::vector<Timing> timings;
  for (const Stage stage : all_stages()) timings.push_back({stage, {}, {}});
  if (auto warm = run(Stage::read, load->path(), *setup); !warm) return fail(warm.message());  // into the page cache
  for (std::uint32_t i = 0; i < a.rounds; ++i) {
    if (auto done = round(load->path(), *setup, timings); !done) return fail(done.message());
  }
  print(timings);
  return 0;
}

}  // namespace
}  // namespace pastmon::bench

int main(int argc, char** argv) { return pastmon::bench::main(argc, argv); }

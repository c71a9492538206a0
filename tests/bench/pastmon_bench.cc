// SPDX-License-Identifier: MIT
// Times the monitor's line over a capture against an empty pcap_loop; see README.md.
#include <getopt.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "multiply.h"
#include "stages.h"
#include "timing.h"

namespace pastmon::bench {
namespace {

constexpr char kUsage[] =
    "usage: pastmon_bench [options] CAPTURE...\n"
    "  --rounds N          rounds over all stages; the median counts (default 7)\n"
    "  --multiply N        first make one large capture out of N copies of all CAPTUREs (of one link type)\n"
    "  --at-once N         copies whose packets are interleaved (default 16)\n"
    "  --keep FILE         write the large capture there and keep it\n"
    "  --signatures DIR    signature files (default: those of the source tree)\n"
    "  --once              run the whole line once, untimed, and say what it saw: for measuring from outside\n"
    "  --against DIR       time the whole line with these signature files, too, and compare\n";

struct Arguments {
  std::uint32_t rounds = 7;
  MultiplyOptions multiply{1, 16};
  std::string keep;
  std::string signatures = PASTMON_SOURCE_DIR "/etc/signatures.d";
  std::string against;
  bool once = false;
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
                                       {"signatures", 1, nullptr, 's'}, {"against", 1, nullptr, 'a'},
                                       {"once", 0, nullptr, '1'},       {nullptr, 0, nullptr, 0}};
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
      case 'a':
        a.against = optarg;
        break;
      case '1':
        a.once = true;
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

int fail(const std::string& message) {
  std::fprintf(stderr, "pastmon_bench: %s\n", message.c_str());
  return 1;
}

int run_once(const std::string& capture, const Setup& setup) {
  const auto seen = run(Stage::metric, capture, setup);
  if (!seen) return fail(seen.message());
  std::printf("packets %llu, flows %llu, transactions %llu, rows %llu\n",
              static_cast<unsigned long long>(seen->packets), static_cast<unsigned long long>(seen->flows),
              static_cast<unsigned long long>(seen->transactions), static_cast<unsigned long long>(seen->rows));
  return 0;
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

  if (a.once) return run_once(load->path(), *setup);
  if (!a.against.empty()) {
    const auto other = Setup::load(a.against);
    if (!other) return fail(other.message());
    const auto comparison = compare_sets(load->path(), *setup, *other, a.rounds);
    if (!comparison) return fail(comparison.message());
    print(*comparison);
    return 0;
  }
  const auto timings = time_stages(load->path(), *setup, a.rounds);
  if (!timings) return fail(timings.message());
  print(*timings);
  return 0;
}

}  // namespace
}  // namespace pastmon::bench

int main(int argc, char** argv) { return pastmon::bench::main(argc, argv); }

// SPDX-License-Identifier: MIT
// Every committed capture, damaged: cut at a random place, random bytes changed, each packet cut as by a small snaplen,
// packets lost, swapped and repeated. Whatever comes: no crash (the sanitizers watch), no packet lost or counted twice,
// no negative time, and what a conversation can make grow stays within its bounds.
//
// PASTMON_MUTATE_DIRECTORY=DIR test_pipeline takes the captures of another directory, too; PASTMON_MUTATE_ROUNDS=N (1)
// repeats everything with other random numbers.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>

#include "pastmon/capture/source.h"
#include "pastmon/config/signature_file.h"
#include "pastmon/daemon/worker.h"

namespace pastmon::daemon {
namespace {

namespace fs = std::filesystem;
using Content = std::vector<std::uint8_t>;

constexpr std::size_t kMaxFile = 150'000;  // the beginning of larger ones
constexpr std::size_t kFileHeader = 24, kRecordHeader = 16;

Content read_content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  Content bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (bytes.size() > kMaxFile) bytes.resize(kMaxFile);
  return bytes;
}

std::vector<fs::path> captures() {
  std::vector<fs::path> roots = {PASTMON_SOURCE_DIR "/tests/captures"};
  if (const char* more = std::getenv("PASTMON_MUTATE_DIRECTORY"); more != nullptr) roots.emplace_back(more);
  std::vector<fs::path> paths;
  for (const fs::path& root : roots) {
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      const std::string extension = entry.path().extension().string();
      if (extension == ".pcap" || extension == ".pcapng") paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// A capture file in the classic format, little-endian; its packets one by one.
struct Classic {
  Content header;
  std::vector<Content> records;  ///< with their record headers

  static std::optional<Classic> parse(const Content& bytes) {
    constexpr std::uint8_t magic[] = {0xd4, 0xc3, 0xb2, 0xa1};
    if (bytes.size() < kFileHeader || std::memcmp(bytes.data(), magic, sizeof magic) != 0) return std::nullopt;
    Classic file{Content(bytes.begin(), bytes.begin() + kFileHeader), {}};
    for (std::size_t at = kFileHeader; at + kRecordHeader <= bytes.size();) {
      std::uint32_t captured;
      std::memcpy(&captured, bytes.data() + at + 8, 4);
      const std::size_t end = at + kRecordHeader + captured;
      if (end > bytes.size()) break;
      file.records.emplace_back(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                                bytes.begin() + static_cast<std::ptrdiff_t>(end));
      at = end;
    }
    return file;
  }
  Content bytes() const {
    Content all = header;
    for (const Content& record : records) all.insert(all.end(), record.begin(), record.end());
    return all;
  }
};

class Mutated : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const auto services = config::load_signature_directory(PASTMON_SOURCE_DIR "/etc/signatures.d");
    ASSERT_TRUE(services) << services.message();
    signatures_ = *signature::SignatureSet::compile(*services);
  }
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "pastmon-mutated-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::size_t random(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_); }

  /// The capture through the whole line, with the invariants of docs/metrics.md.
  void play(const Content& bytes) {
    const fs::path path = directory_ / "mutated.pcap";
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    auto source = capture::open_file({path.string(), ""});
    if (!source) return;  // its header was hit: a clear error is all there is
    WorkerOptions options;
    options.signature.max_held = 1U << 20U;
    Worker worker(options, signatures_);
    std::uint64_t read = 0;
    std::span<const capture::Frame> frames;
    while ((*source)->read(frames) == capture::State::frames) {
      read += frames.size();
      worker.process(frames);
      ASSERT_LE(worker.counters().signature.held_bytes, options.signature.max_held + 4096);
    }
    worker.finish();
    const WorkerCounters counters = worker.counters();
    std::uint64_t counted = counters.decode.not_ip + counters.decode.undecodable + counters.duplicates;
    for (const metric::Bucket& bucket : worker.take_closed()) {
      for (const metric::Row& row : bucket.rows) counted += check(row);
    }
    EXPECT_EQ(counted, read);
  }

  /// Checks a row; how many packets it has.
  static std::uint64_t check(const metric::Row& row) {
    using metric::Counter;
    const auto& v = row.values;
    EXPECT_EQ(v[Counter::transactions],
              v[Counter::answered] + v[Counter::unanswered] + v[Counter::refused] + v[Counter::aborted])
        << row.signature;
    EXPECT_LE(v[Counter::errors], v[Counter::answered]) << row.signature;
    return static_cast<std::uint64_t>(v[Counter::packets_client] + v[Counter::packets_server]);
  }

  /// Calls `damage` with each capture; a failure names the file.
  template <class Damage>
  void each(Damage damage) {
    const char* rounds = std::getenv("PASTMON_MUTATE_ROUNDS");
    for (int round = 0; round < (rounds != nullptr ? std::atoi(rounds) : 1); ++round) {
      unsigned number = 0;
      for (const fs::path& path : captures()) {
        random_.seed(static_cast<unsigned>(round) * 10'000U + number++);
        SCOPED_TRACE(path.filename().string() + ", round " + std::to_string(round));
        Content bytes = read_content(path);
        if (bytes.size() > kFileHeader) play(damage(std::move(bytes)));
        if (HasFatalFailure()) return;
      }
    }
  }
  template <class Damage>
  void each_classic(Damage damage) {
    each([&](const Content& bytes) {
      auto file = Classic::parse(bytes);
      if (!file || file->records.empty()) return bytes;
      damage(*file);
      return file->bytes();
    });
  }

  static std::shared_ptr<const signature::SignatureSet> signatures_;
  fs::path directory_;
  std::mt19937 random_;
};
std::shared_ptr<const signature::SignatureSet> Mutated::signatures_;

TEST_F(Mutated, CutAtARandomPlace) {
  each([this](Content bytes) {
    bytes.resize(kFileHeader + random(bytes.size() - kFileHeader));
    return bytes;
  });
}

TEST_F(Mutated, RandomBytesChanged) {
  each([this](Content bytes) {
    for (std::size_t i = 0, n = 1 + bytes.size() / 200; i < n; ++i) {
      bytes[kFileHeader + random(bytes.size() - kFileHeader)] = static_cast<std::uint8_t>(random(256));
    }
    return bytes;
  });
}

TEST_F(Mutated, RandomBytesOfPacketsChanged) {
  each_classic([this](Classic& file) {
    for (Content& record : file.records) {
      if (record.size() <= kRecordHeader + 34 || random(3) != 0) continue;
      record[kRecordHeader + 34 + random(record.size() - kRecordHeader - 34)] = static_cast<std::uint8_t>(random(256));
    }
  });
}

TEST_F(Mutated, EachPacketCutAtARandomLength) {
  each_classic([this](Classic& file) {
    for (Content& record : file.records) {
      record.resize(kRecordHeader + random(record.size() - kRecordHeader + 1));
      const auto captured = static_cast<std::uint32_t>(record.size() - kRecordHeader);
      std::memcpy(record.data() + 8, &captured, 4);
    }
  });
}

TEST_F(Mutated, PacketsLostSwappedAndRepeated) {
  each_classic([this](Classic& file) {
    std::vector<Content> records;
    for (const Content& record : file.records) {
      const std::size_t fate = random(20);
      if (fate == 0) continue;
      records.push_back(record);
      if (fate == 1) records.push_back(record);
      if (fate == 2 && records.size() > 1) std::swap(records.back(), records[records.size() - 2]);
    }
    file.records = std::move(records);
  });
}

}  // namespace
}  // namespace pastmon::daemon

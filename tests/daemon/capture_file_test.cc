// SPDX-License-Identifier: MIT
#include "capture_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace pastmon::daemon {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

const std::string kCaptures = std::string(PASTMON_SOURCE_DIR) + "/tests/captures/";

class CaptureFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "pastmon-file-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string write(const std::string& name, const std::string& bytes) {
    std::ofstream(directory_ / name, std::ios::binary) << bytes;
    return (directory_ / name).string();
  }

  static Worker make_worker(base::Seconds seconds = 0) {
    WorkerOptions options;
    options.buckets.seconds = seconds;
    return Worker(options, *signature::SignatureSet::compile({}));
  }

  fs::path directory_;
};

TEST_F(CaptureFile, RunFollowsContentsAndVariantOnly) {
  const std::string bytes(3 << 20, 'x');
  const auto one = run_of_file(write("one", bytes), "v");
  ASSERT_TRUE(one) << one.message();
  EXPECT_EQ(*one, *run_of_file(write("two", bytes), "v"));
  EXPECT_NE(*one, *run_of_file(write("one", bytes), "w"));
  std::string changed = bytes;
  changed[5] = 'y';
  EXPECT_NE(*one, *run_of_file(write("three", changed), "v"));
  EXPECT_NE(*one, *run_of_file(write("four", bytes + "x"), "v"));
  EXPECT_FALSE(run_of_file((directory_ / "none").string(), "v"));
}

TEST_F(CaptureFile, ShiftMovesTheNewestFrameToNow) {
  const std::string path = kCaptures + "http_basic/http_basic.pcap";
  constexpr base::Micros kNow = 2'000'000'000 * base::kSecond;
  const auto shift = shift_to(path, kNow);
  ASSERT_TRUE(shift) << shift.message();
  auto worker = make_worker();
  ASSERT_TRUE(read_file({path, ""}, *shift, worker));
  EXPECT_EQ(worker.newest(), kNow);
  auto plain = make_worker();
  ASSERT_TRUE(read_file({path, ""}, 0, plain));
  EXPECT_EQ(plain.newest() - plain.oldest(), worker.newest() - worker.oldest());
}

TEST_F(CaptureFile, DamageComesAfterEverythingBeforeIt) {
  auto worker = make_worker();
  const auto end = read_file({kCaptures + "truncated/truncated.pcap", ""}, 0, worker);
  ASSERT_TRUE(end) << end.message();
  ASSERT_TRUE(end->damage);
  EXPECT_THAT(end->damage->message, HasSubstr("truncated.pcap"));
  EXPECT_GT(end->counters.received, 0U);
  EXPECT_EQ(worker.counters().decode.packets, end->counters.received);
}

TEST_F(CaptureFile, ErrorAfterABatchEndsTheReading) {
  auto worker = make_worker();
  const auto stop = [](const capture::Counters&) -> base::Result<void> { return base::Error{"no more"}; };
  const auto end = read_file({kCaptures + "http_basic/http_basic.pcap", ""}, 0, worker, stop);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.message(), "no more");
  EXPECT_LE(worker.counters().decode.packets, capture::kBatch);
}

}  // namespace
}  // namespace pastmon::daemon

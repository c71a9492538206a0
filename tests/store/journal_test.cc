// SPDX-License-Identifier: MIT
#include "journal.h"

#include <gmock/gmock.h>

#include <random>

#include "backend.h"
#include "pastmon/base/hash.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace pastmon::store {
namespace {

using test::batch;
using test::bucket;
using test::every_metric;
using test::row;

Batch full_batch() {
  metric::Row ipv6 = row(1, 9);
  ipv6.client = *base::Address::parse("2001:db8::1");
  ipv6.signature = std::string("\0\xff\n", 3);
  ipv6.port = 65535;
  metric::Row empty = row(3, 1);
  empty.values = {};
  Batch full = batch(-7, {bucket(300, {row(1, 1), row(2, 2), ipv6}), bucket(600, {empty}), bucket(900, {})});
  full.identity = "0123456789abcdef0123456789abcdef";
  full.statistics[300] = {{"flows", "", {1, 2, 2, 2}}, {"dropped", "eth0", {0, 0, 0, 0}}};
  full.names = {{*base::Address::parse("192.0.2.1"), "a.example", "dns", 5}, {ipv6.client, "", "ptr", -1}};
  return full;
}

/// The same file with other bytes at `at` and a checksum that fits.
std::string changed(std::string file, std::size_t at, char byte) {
  file[at] = byte;
  file.resize(file.size() - 8);
  const auto sum = static_cast<std::uint64_t>(base::stable_id(file));
  for (int i = 0; i < 8; ++i) file.push_back(static_cast<char>(sum >> (8 * i) & 0xffU));
  return file;
}

TEST(Journal, ABatchComesBack) {
  const Batch before = full_batch();
  const auto after = decode_journal(encode_batch(before), JournalKind::batch);
  ASSERT_TRUE(after) << after.message();
  EXPECT_EQ(after->sensor, before.sensor);
  EXPECT_EQ(after->identity, before.identity);
  EXPECT_EQ(after->run, before.run);
  EXPECT_EQ(after->number, before.number);
  ASSERT_EQ(after->buckets.size(), before.buckets.size());
  for (std::size_t b = 0; b < before.buckets.size(); ++b) {
    EXPECT_EQ(after->buckets[b].start, before.buckets[b].start);
    EXPECT_EQ(after->buckets[b].seconds, before.buckets[b].seconds);
    ASSERT_EQ(after->buckets[b].rows.size(), before.buckets[b].rows.size());
    for (std::size_t r = 0; r < before.buckets[b].rows.size(); ++r) {
      const metric::Row &left = after->buckets[b].rows[r], &right = before.buckets[b].rows[r];
      EXPECT_EQ(left.signature, right.signature);
      EXPECT_EQ(left.client, right.client);
      EXPECT_EQ(left.server, right.server);
      EXPECT_EQ(left.port, right.port);
      EXPECT_EQ(left.values, right.values);
    }
  }
  ASSERT_EQ(after->statistics.size(), 1U);
  EXPECT_EQ(after->statistics.at(300).at(1).interface, "eth0");
  EXPECT_EQ(after->statistics.at(300).at(0).value, (metric::Summary{1, 2, 2, 2}));
  ASSERT_EQ(after->names.size(), 2U);
  EXPECT_EQ(after->names[0].name, "a.example");
  EXPECT_EQ(after->names[1].seen, -1);
}

TEST(Journal, EveryCutAndEveryFlippedBitIsNoticed) {
  const std::string file = encode_batch(full_batch());
  for (std::size_t size = 0; size < file.size(); ++size)
    EXPECT_FALSE(decode_journal(file.substr(0, size), JournalKind::batch)) << size;
  for (std::size_t at = 0; at < file.size(); ++at) {
    std::string flipped = file;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    EXPECT_FALSE(decode_journal(flipped, JournalKind::batch)) << at;
  }
  EXPECT_FALSE(decode_journal(file + "x", JournalKind::batch));
}

TEST(Journal, SaysWhyAFileIsRefused) {
  const std::string file = encode_batch(full_batch());
  EXPECT_EQ(decode_journal("", JournalKind::batch).message(), "cut, or no journal file");
  EXPECT_EQ(decode_journal(file.substr(0, file.size() - 1), JournalKind::batch).message(), "cut");
  EXPECT_EQ(decode_journal(changed(file, 8, 3), JournalKind::batch).message(), "written by a newer program");
  EXPECT_EQ(decode_journal(file, JournalKind::checkpoint).message(), "a journal file of the other kind");
  std::string flipped = file;
  flipped[30] = static_cast<char>(flipped[30] ^ 1);
  EXPECT_EQ(decode_journal(flipped, JournalKind::batch).message(), "the checksum is wrong");
}

TEST(Journal, ItsBytesAreDocumented) {
  Batch small = batch(3, {});
  small.sensor = "s";
  small.identity = "i";
  small.run = -2;
  const std::string file = encode_batch(small);
  EXPECT_EQ(file.substr(0, file.size() - 8),
            std::string("PasTmonJ\x02\x01\x09\0\0\0\0\0\0\0\x01s\x01i\x03\x06\0\0\0", 27));
}

TEST(Journal, SurvivesMutatedBytes) {
  std::mt19937 random(1);
  const std::string file = encode_batch(full_batch());
  const EncodedRow encoded = encode_row(row(1, 1));
  const std::string values = encoded.key + encoded.values;
  for (int i = 0; i < 20'000; ++i) {
    const std::size_t at = 18 + random() % (file.size() - 26);
    const std::string mutated = changed(file, at, static_cast<char>(random()));
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(mutated.data()), mutated.size());
    std::string one = values;
    for (int n = 0; n < 3; ++n) one[random() % one.size()] = static_cast<char>(random());
    one.resize(one.size() - random() % 4);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(one.data()), one.size());
  }
}

}  // namespace
}  // namespace pastmon::store

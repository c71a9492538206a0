// SPDX-License-Identifier: MIT
#include "pastmon/names/hello_counts.h"

#include <gmock/gmock.h>

namespace pastmon::names {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(HelloCounts, AreClosedLists) {
  HelloCounts counts;
  EXPECT_TRUE(counts.list().empty());
  counts.tls_version(0x0304);
  counts.tls_version(0x0304);
  counts.tls_version(0x0301);
  counts.tls_version(0x7f1c);  // no version of this list
  counts.tls_offered("h2");
  counts.tls_offered("made/up");
  counts.tls_offered(std::string(200, 'x'));
  counts.tls_offered("");
  counts.tls_chosen("http/1.1");
  counts.quic_version(1);
  counts.quic_version(0x6b3343cf);
  counts.quic_version(0xff00001d);
  counts.quic_offered("h3");
  EXPECT_THAT(counts.list(),
              ElementsAre(Pair("tls_version_1_0", 1), Pair("tls_version_1_3", 2), Pair("tls_offered_h2", 1),
                          Pair("tls_offered_other", 2), Pair("tls_chosen_http_1_1", 1), Pair("quic_version_1", 1),
                          Pair("quic_version_2", 1), Pair("quic_version_draft", 1), Pair("quic_offered_h3", 1)));
}

}  // namespace
}  // namespace pastmon::names

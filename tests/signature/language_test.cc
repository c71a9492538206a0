// SPDX-License-Identifier: MIT
// Words of the signature language, each in a small service of its own.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

/// A service "Deep" whose command stands behind `depth` bytes.
std::string deep(std::size_t depth, const std::string& more) {
  return R"x(service = { name = "Deep"; over = { transport = "tcp"; framing = "line"; ports = 7; }; )x" + more +
         R"x( signatures = ( { name = "Deep {word}"; values = { word = "GO"; }; request = "-{)x" +
         std::to_string(depth) + R"x(}(?<word>[A-Z]+)"; response = "ok"; } ); };)x";
}

TEST(Language, PatternsSeeTheFirst256BytesUnlessAWindowSaysOtherwise) {
  const std::string line = std::string(300, '-') + "GO\n";
  Connection narrow(7, written(deep(300, "")));
  narrow.client(0, line).server(1, "ok\n").fin(1, 2);
  EXPECT_EQ(narrow.rows(), "TCP OTHER answered");
  Connection wide(7, written(deep(300, "window = 512;")));
  wide.client(0, line).server(1, "ok\n").fin(1, 2);
  EXPECT_EQ(wide.rows(), "Deep GO answered");
}

TEST(Language, AWindowIsFilledFromSeveralSegments) {
  const std::string line = std::string(700, '-') + "GO and more\n";
  Connection c(7, written(deep(700, "window = 1024;")));
  c.client(0, std::string(700, '-') + "GO\n").server(1, "ok\n");  // recognised by a whole one
  for (std::size_t i = 0; i < line.size(); i += 100) c.client(10 + static_cast<base::Micros>(i), line.substr(i, 100));
  c.server(2000, "ok\n");
  EXPECT_EQ(c.rows(), "Deep GO answered, Deep GO answered");
  EXPECT_EQ(c.of("Deep GO")[1].request_begin, 10);
}

constexpr const char* kObserving = R"x(
service = {
  name = "Asked";
  over = { transport = "tcp"; framing = "line"; ports = 7; };
  window = 1024;
  signatures = ( { name = "Asked"; request = "GET (?<detail>[^\\r\\n]+)"; response = "ok"; observe_request = "page"; } );
};)x";

TEST(Language, OneRequestOfAConnectionIsHandedOn) {
  Connection c(7, written(kObserving));
  c.client(0, "GET a\nGET b\n").server(1, "ok\nok\n").client(2, "GET c\n");
  ASSERT_EQ(c.observations.size(), 1U);
  EXPECT_EQ(c.observations[0], (std::pair<std::string, std::string>("page", "a")));
}

TEST(Language, ARequestOfSeveralSegmentsIsHandedOnWhole) {
  Connection c(7, written(kObserving));
  c.client(0, "GET " + std::string(300, 'x')).client(1, std::string(300, 'y')).client(2, "z\n").server(3, "ok\n");
  ASSERT_EQ(c.observations.size(), 1U);
  EXPECT_EQ(c.observations[0].second, std::string(300, 'x') + std::string(300, 'y') + "z");
}

constexpr const char* kUpgrading = R"x(
service = (
  {
    name = "Plain";
    over = { transport = "tcp"; framing = "line"; ports = 7; };
    signatures = ( { name = "Plain SECURE"; request = "SECURE"; request_upgrade = "Other"; silent = true; },
                   { name = "Plain ASK"; request = "ASK"; response = "ok"; } );
  },
  {
    name = "Other";
    over = { transport = "tcp"; framing = "length"; length = { width = 1; adjust = 1; }; };
    part_of = "Plain";
    signatures = ( { name = "Plain ASK"; request = "."; response = "."; recognise = "never"; } );
  }
);)x";

TEST(Language, BehindARequestAnotherServiceTakesOver) {
  Connection c(7, written(kUpgrading));
  c.client(0, "ASK\n").server(10, "ok\n");
  c.client(20, std::string("SECURE\n\x02xx", 10)).server(30, "\x01y");
  EXPECT_EQ(c.rows(), "Plain ASK answered, Plain ASK answered");
  EXPECT_EQ(c.of("Plain ASK")[1].request_bytes, 3);
}

TEST(Language, OnlyAPartOfAServiceMayGiveItsNames) {
  const std::string text = kUpgrading;
  const std::size_t at = text.find("part_of = \"Plain\";");
  EXPECT_EQ(refused(text.substr(0, at) + text.substr(at + 18)),
            "signatures.conf:13: the name 'Plain ASK' is given by service 'Plain' already");
  EXPECT_EQ(refused(std::string(text).replace(at, 18, "part_of = \"Plainn\";")),
            "signatures.conf:9: part_of: there is no service 'Plainn'");
}

TEST(Language, AnUpgradeBehindARequestNamesAService) {
  std::string text = kUpgrading;
  text.replace(text.find("\"Other\"; silent"), 7, "\"Othr\"");
  EXPECT_EQ(refused(text), "signatures.conf:6: request_upgrade: there is no service 'Othr'");
}

TEST(Language, PaddingBehindAMessageBelongsToIt) {
  Connection c(7, written(R"x(
service = {
  name = "Padded";
  over = { transport = "tcp"; framing = "length"; length = { width = 1; adjust = 2; pad_at = 1; }; ports = 7; };
  signatures = ( { name = "Padded"; request = "..ask"; response = "..ok"; } );
};)x"));
  c.client(0, std::string("\3\4ask____\3\0ask", 14)).server(1, std::string("\2\1ok_\2\0ok", 9));
  EXPECT_EQ(c.rows(), "Padded answered, Padded answered");
  EXPECT_EQ(c.of("Padded")[0].request_bytes, 9);
  EXPECT_EQ(c.of("Padded")[1].request_bytes, 5);
}

}  // namespace
}  // namespace pastmon::signature::test

// SPDX-License-Identifier: MIT
#include "changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pastmon::daemon {
namespace {

config::ServiceSpec service(const std::string& name, std::vector<std::string> requests) {
  config::ServiceSpec made;
  made.name = name;
  made.where = "file.conf:1";
  for (std::string& request : requests) {
    config::SignatureSpec signature;
    signature.name = name + " " + request;
    signature.request = std::move(request);
    made.signatures.push_back(std::move(signature));
  }
  return made;
}

TEST(ChangesTest, NamesOfWhatIsNewGoneAndDifferent) {
  const std::vector<config::ServiceSpec> before{service("A", {"GET", "PUT"}), service("B", {"PING"})};
  std::vector<config::ServiceSpec> after{service("A", {"GET", "POST"}), service("B", {"PING"})};
  after[1].signatures[0].request = "P[IO]NG";
  EXPECT_EQ(signature_changes(before, after), "added: A POST; removed: A PUT; changed: B PING");
}

TEST(ChangesTest, WhereASignatureStandsIsNoChange) {
  const std::vector<config::ServiceSpec> before{service("A", {"GET"}), service("B", {"PING"})};
  std::vector<config::ServiceSpec> after{service("B", {"PING"}), service("A", {"GET"})};
  after[0].signatures[0].where = "other.conf:99";
  after[0].where = "other.conf:90";
  EXPECT_EQ(signature_changes(before, after), "nothing changed");
}

TEST(ChangesTest, AServiceThatIsCarriedOtherwiseChangesItsSignatures) {
  const std::vector<config::ServiceSpec> before{service("A", {"GET", "PUT"}), service("Ports only", {})};
  std::vector<config::ServiceSpec> after = before;
  for (config::ServiceSpec& each : after) each.over.emplace_back().ports = {80};
  EXPECT_EQ(signature_changes(before, after), "changed: A GET, A PUT, Ports only");
}

TEST(ChangesTest, ManyAreCounted) {
  std::vector<std::string> requests;
  for (int i = 100; i < 150; ++i) requests.push_back(std::to_string(i));
  EXPECT_THAT(signature_changes({}, {service("A", requests)}), ::testing::EndsWith("A 119 and 30 others"));
}

TEST(ChangesTest, KeysThatOnlyARestartTakesOver) {
  config::DaemonSettings before = *config::load_daemon("");
  config::DaemonOverrides overrides;
  overrides.interfaces = {"eth1"};
  overrides.filter = "tcp";
  config::DaemonSettings after = *config::load_daemon("", overrides);
  EXPECT_EQ(needs_restart(before, before), "");
  EXPECT_EQ(needs_restart(before, after), "filter, interfaces");
  EXPECT_THAT(config::changed_keys("filter = \"a\";  // x.conf:1\n", "filter = \"a\"; // x.conf:7\n"),
              ::testing::IsEmpty());
  const std::string from = "max_flows = 1000000";
  after.effective = before.effective;
  after.effective.replace(after.effective.find(from), from.size(), "max_flows = 5");
  after.effective.replace(after.effective.find("log_level = \"info\""), 18, "log_level = \"debug\"");
  after.database.password = "other";
  EXPECT_EQ(needs_restart(before, after), "limits.max_flows, output_DBI.password");
}

}  // namespace
}  // namespace pastmon::daemon

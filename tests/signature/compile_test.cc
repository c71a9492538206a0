// SPDX-License-Identifier: MIT
// What a signature may not say, and where the refusal points; names and their lists.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

config::ServiceSpec line_service(const std::string& name = "S") {
  config::ServiceSpec spec;
  spec.where = "test.conf:1";
  spec.name = name;
  spec.over.emplace_back().framing.kind = config::FramingKind::line;
  config::SignatureSpec& s = spec.signatures.emplace_back();
  s.where = "test.conf:5";
  s.name = name + " {command}";
  s.values = {{"command", {{"GET", "GET"}, {"PUT", "PUT"}}}};
  s.request = "(?<command>[A-Z]+)\\n";
  s.response = "OK";
  return spec;
}

std::string refusal(const std::vector<config::ServiceSpec>& specs) {
  const auto set = SignatureSet::compile(specs);
  return set ? "accepted" : set.message();
}

TEST(Compile, ABadPatternIsRefusedWithItsPlaceAndKey) {
  config::ServiceSpec spec = line_service();
  spec.signatures[0].response_end = "a(b";
  const std::string message = refusal({spec});
  EXPECT_NE(message.find("test.conf:5: response_end: bad pattern at offset 3"), std::string::npos) << message;
}

TEST(Compile, AGroupOfTheNameMustBeInThePatternAndHaveAList) {
  config::ServiceSpec spec = line_service();
  spec.signatures[0].name = "S {command} {verb}";
  EXPECT_NE(refusal({spec}).find("'verb'"), std::string::npos);
  spec = line_service();
  spec.signatures[0].values.clear();
  EXPECT_NE(refusal({spec}).find("no list"), std::string::npos);
}

TEST(Compile, AGroupThatMeansNothingIsRefused) {
  config::ServiceSpec spec = line_service();
  spec.signatures[0].response = "(?<statsu>OK)";
  EXPECT_NE(refusal({spec}).find("'statsu'"), std::string::npos);
}

TEST(Compile, ANameThatTwoServicesGiveIsRefused) {
  config::ServiceSpec other = line_service("T");
  other.signatures[0].name = "S {command}";
  EXPECT_NE(refusal({line_service(), other}).find("'S OTHER' is given by service 'S'"), std::string::npos);
  EXPECT_NE(refusal({line_service(), line_service()}).find("stands twice"), std::string::npos);
  config::ServiceSpec taken = line_service();
  taken.signatures[0].name = "TCP SYNACK";
  taken.signatures[0].values.clear();
  taken.signatures[0].request = "x";
  EXPECT_NE(refusal({taken}).find("built in"), std::string::npos);
}

TEST(Compile, WhatAFramingOrPairingNeedsIsAskedFor) {
  config::ServiceSpec spec = line_service();
  spec.pairing = config::Pairing::id;
  EXPECT_NE(refusal({spec}).find("needs a group 'id'"), std::string::npos);
  spec = line_service();
  spec.over[0].carrier = config::Carrier::udp;
  EXPECT_NE(refusal({spec}).find("datagram"), std::string::npos);
  spec = line_service();
  spec.signatures[0].upgrade = {{"OK", "NOWHERE"}};
  EXPECT_NE(refusal({spec}).find("no service 'NOWHERE'"), std::string::npos);
  spec = line_service();
  spec.signatures[0].after = "S NEVER";
  spec.signatures[0].after_response = "x";
  EXPECT_NE(refusal({spec}).find("gives no name 'S NEVER'"), std::string::npos);
}

TEST(Compile, ValuesOutsideTheListAreOtherAndCaseMayBeFolded) {
  config::ServiceSpec spec = line_service();
  spec.signatures[0].request = "(?<command>[A-Za-z]+)\\n";
  {
    Connection c(7, compiled({spec}));
    c.client(0, "GET\nget\nDEL\n").server(1, "OK\nOK\nOK\n");
    EXPECT_EQ(c.rows(), "S GET answered, S OTHER answered, S OTHER answered");
  }
  spec.signatures[0].fold_case = true;
  Connection c(7, compiled({spec}));
  c.client(0, "GET\nget\nDEL\n").server(1, "OK\nOK\nOK\n");
  EXPECT_EQ(c.rows(), "S GET answered, S GET answered, S OTHER answered");
}

TEST(Compile, NamesMayHaveSeveralGroupsAndBytesBecomeWords) {
  config::ServiceSpec spec = line_service();
  config::SignatureSpec& s = spec.signatures[0];
  s.name = "S {kind} {command}";
  s.request = "(?<command>.)(?<kind>.)\\n";
  s.values = {{"command", {{"READ", "\1"}, {"WRITE", "\2"}}}, {"kind", {{"FILE", "f"}}}};
  Connection c(7, compiled({spec}));
  c.client(0, "\1f\n\2f\n\3x\n").server(1, "OK\nOK\nOK\n");
  EXPECT_EQ(c.rows(), "S FILE READ answered, S FILE WRITE answered, S OTHER OTHER answered");
}

TEST(Reload, KnownConversationsKeepTheirSetNewOnesUseTheNewAndNamesKeepTheirNumbers) {
  config::ServiceSpec changed = line_service();
  changed.signatures[0].request = "(?<command>PUT)\\n";
  Scene s(compiled({line_service()}));
  Flow old(s, 1, decode::Transport::tcp, 7), fresh(s, 2, decode::Transport::tcp, 7);
  old.client(0, "GET\n").server(1, "OK\n");
  s.engine.reload(compiled({changed}));
  old.client(2, "GET\n").server(3, "OK\n");
  fresh.client(4, "GET\n").server(5, "OK\n").fin(1, 6);
  EXPECT_EQ(s.rows(), "S GET answered, S GET answered, TCP OTHER answered");
  EXPECT_EQ(s.transactions[0].name, s.transactions[1].name);
}

TEST(Limits, PipelinedRequestsBeyondTheBoundAreCountedAndShiftNoPair) {
  Options options;
  options.max_open_per_flow = 3;
  Connection c(7, compiled({line_service()}), options);
  c.client(0, "GET\nGET\nGET\nPUT\n").server(10, "OK\nOK\nOK\nOK\n").client(20, "PUT\n").server(50, "OK\n");
  EXPECT_EQ(c.engine.counters().refused_requests, 1U);
  EXPECT_EQ(c.only("S PUT").response_time(), 30);
}

TEST(Limits, HeldBytesBeyondTheBoundAreDecidedAtOnce) {
  Options options;
  options.max_held = 3;
  Connection c(7, compiled({line_service()}), options);
  c.client(0, "GE").client(1, "TT");
  EXPECT_EQ(c.engine.counters().held_bytes, 0U);
  EXPECT_EQ(c.packet_rows(), "TCP SYNACK 3, TCP OTHER 2");
}

TEST(Limits, APatternThatExplodesIsGivenUpAndCounted) {
  config::ServiceSpec spec = line_service();
  spec.signatures[0].name = "S";
  spec.signatures[0].values.clear();
  spec.signatures[0].request = "(a+)+$";
  Connection c(7, compiled({spec}));
  c.client(0, std::string(80, 'a') + "b\n");
  EXPECT_GE(c.engine.counters().regex_limit_hits, 1U);
}

}  // namespace
}  // namespace pastmon::signature::test

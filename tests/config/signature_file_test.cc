// SPDX-License-Identifier: MIT
#include "pastmon/config/signature_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "signature_schema.h"

namespace pastmon::config {
namespace {

namespace fs = std::filesystem;

class SignatureFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "pastmon-signatures-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string write(const std::string& text, const std::string& name = "a.conf") {
    std::ofstream(directory_ / name) << text;
    return (directory_ / name).string();
  }
  std::string refusal(const std::string& text) {
    const auto result = load_signature_file(write(text));
    return result ? "accepted" : result.message();
  }

  fs::path directory_;
};

const std::string kGood = R"(
service = {
  name = "X";
  over = ( { transport = "tcp"; framing = "length"; length = { offset = 1; width = 3; order = "little"; adjust = 4; join = true; };
             first_message = { when = "\\x00"; length = { width = 4; }; }; ports = [7, 8]; ports_only = true; },
           { transport = "udp"; framing = "datagram"; } );
  pairing = "id";
  scope = "client";
  recognise = "pair";
  both_ways = true;
  ignore = "I";
  signatures = ( {
    name = "X {kind}";
    values = { kind = "ONE=0x0a0B TWO=2 THREE"; };
    request = "(?<kind>.)\n";
    response_until = "turn";
    rename = ( { response = "Y"; name = "X Y"; } );
    upgrade = { response = "U"; to = "*"; };
    timeout = "5s";
    recognise = "never";
    wait = true;
  } );
};
)";

TEST_F(SignatureFile, ReadsEveryKindOfKey) {
  const auto services = load_signature_file(write(kGood));
  ASSERT_TRUE(services) << services.message();
  ASSERT_EQ(services->size(), 1U);
  const ServiceSpec& s = (*services)[0];
  EXPECT_EQ(s.name, "X");
  EXPECT_EQ(s.pairing, Pairing::id);
  EXPECT_EQ(s.scope, Scope::client);
  EXPECT_EQ(s.recognise, Recognise::pair);
  EXPECT_TRUE(s.both_ways);
  ASSERT_EQ(s.over.size(), 2U);
  EXPECT_EQ(s.over[0].framing.kind, FramingKind::length);
  EXPECT_EQ(s.over[0].framing.offset, 1U);
  EXPECT_TRUE(s.over[0].framing.little_endian);
  EXPECT_TRUE(s.over[0].framing.join);
  ASSERT_TRUE(s.over[0].first_message);
  EXPECT_EQ(s.over[0].first_message->when, "\\x00");
  EXPECT_FALSE(s.over[0].other_message);
  EXPECT_EQ(s.over[0].ports, (std::vector<std::uint16_t>{7, 8}));
  EXPECT_TRUE(s.over[0].ports_only);
  EXPECT_EQ(s.over[1].carrier, Carrier::udp);
  ASSERT_EQ(s.signatures.size(), 1U);
  const SignatureSpec& x = s.signatures[0];
  ASSERT_EQ(x.values.size(), 1U);
  ASSERT_EQ(x.values[0].words.size(), 3U);
  EXPECT_EQ(x.values[0].words[0].bytes, "\x0a\x0b");
  EXPECT_EQ(x.values[0].words[1].word, "TWO");
  EXPECT_EQ(x.values[0].words[1].bytes, "2");
  EXPECT_EQ(x.values[0].words[2].bytes, "THREE");
  EXPECT_TRUE(x.response_until_turn);
  EXPECT_FALSE(x.request_until_turn);
  EXPECT_EQ(x.timeout, 5 * base::kSecond);
  EXPECT_EQ(x.recognise, Recognise::never);
  EXPECT_TRUE(x.wait);
  ASSERT_EQ(x.upgrade.size(), 1U);
  EXPECT_EQ(x.upgrade[0].target, "*");
  EXPECT_EQ(x.rename[0].target, "X Y");
  EXPECT_NE(x.where.find("a.conf:"), std::string::npos);
}

TEST_F(SignatureFile, RefusesUnknownKeysAndValuesWithTheirPlace) {
  const std::string message = refusal(
      "service = {\n  name = \"X\";\n  over = { transport = \"tcp\"; framing = \"line\"; };\n  pairng = \"id\";\n};\n");
  EXPECT_NE(message.find("a.conf:4"), std::string::npos) << message;
  EXPECT_NE(message.find("pairing"), std::string::npos) << message;
  EXPECT_NE(
      refusal("service = { name = \"X\"; over = { transport = \"tcp\"; framing = \"lines\"; }; };").find("a.conf:1"),
      std::string::npos);
  EXPECT_NE(refusal("service = { name = \"X\"; };").find("over"), std::string::npos);
  EXPECT_NE(
      refusal("service = { name = \"X\"; over = { transport = \"tcp\"; framing = \"length\"; }; };").find("length"),
      std::string::npos);
}

TEST_F(SignatureFile, RefusesValuesThatAreNeitherWordsNorHex) {
  for (const char* bad : {"A=0x1", "A=0xzz", "=x", "A=", ""}) {
    const std::string message =
        refusal(std::string("service = { name = \"X\"; over = { transport = \"tcp\"; framing = \"line\"; };\n"
                            "signatures = { name = \"{v}\"; values = { v = \"") +
                bad + "\"; }; request = \"(?<v>.)\"; }; };");
    EXPECT_NE(message.find("a.conf:2"), std::string::npos) << bad << ": " << message;
  }
}

TEST_F(SignatureFile, ReadsADirectoryInTheOrderOfNames) {
  const std::string text = "service = { name = \"NAME\"; over = { transport = \"tcp\"; framing = \"line\"; }; };";
  for (const char* name : {"b", "a", "c"})
    write(std::string(text).replace(text.find("NAME"), 4, name), std::string(name) + ".conf");
  write("not read", "readme.txt");
  const auto services = load_signature_directory(directory_.string());
  ASSERT_TRUE(services) << services.message();
  ASSERT_EQ(services->size(), 3U);
  EXPECT_EQ((*services)[0].name, "a");
  EXPECT_EQ((*services)[2].name, "c");
}

TEST_F(SignatureFile, SaysWhichDirectoryIsMissingOrEmpty) {
  EXPECT_NE(load_signature_directory((directory_ / "no").string()).message().find("/no: "), std::string::npos);
  EXPECT_NE(load_signature_directory(directory_.string()).message().find("no *.conf file"), std::string::npos);
}

std::string reference() {
  std::ifstream file(PASTMON_SOURCE_DIR "/docs/signatures.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST_F(SignatureFile, TheReferenceNamesEveryKeyAndWord) {
  const std::string text = reference();
  const std::function<void(const Schema&)> check = [&](const Schema& schema) {
    for (const Key& key : schema.keys) {
      EXPECT_NE(text.find(std::string(key.name)), std::string::npos) << key.name;
      for (const std::string_view word : key.choices) {
        EXPECT_NE(text.find("\"" + std::string(word) + "\""), std::string::npos) << key.name << " " << word;
      }
      if (key.group != nullptr) check(*key.group);
    }
  };
  check(signature_file_schema());
}

TEST_F(SignatureFile, TheExamplesOfTheReferenceAreRead) {
  const std::string text = reference();
  int found = 0;
  for (std::size_t at = text.find("```\nservice = {"); at != std::string::npos;
       at = text.find("```\nservice = {", at + 1)) {
    const std::string example = text.substr(at + 4, text.find("```", at + 4) - at - 4);
    EXPECT_EQ(refusal(example), "accepted") << example;
    ++found;
  }
  EXPECT_EQ(found, 2);
}

TEST_F(SignatureFile, TheShippedFilesAreRead) {
  const auto services = load_signature_directory(PASTMON_SOURCE_DIR "/etc/signatures.d");
  ASSERT_TRUE(services) << services.message();
  EXPECT_GE(services->size(), 9U);
}

}  // namespace
}  // namespace pastmon::config

// SPDX-License-Identifier: MIT
#include "pastmon/secret/secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace pastmon::secret {
namespace {

TEST(Secret, RandomWordsDiffer) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string word = random_word();
    EXPECT_EQ(word.size(), 64U);
    EXPECT_EQ(word.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_TRUE(seen.insert(word).second);
  }
  EXPECT_EQ(random_word(16).size(), 32U);
  EXPECT_EQ(random_word(1000).size(), 128U);
}

// From an independent implementation: python3 -c 'import hashlib; print(hashlib.blake2b(b"text", digest_size=32,
// key=hashlib.blake2b(b"key", digest_size=32).digest()).hexdigest())', and without key for the second.
TEST(Secret, FingerprintsAreKeyedBlake2b) {
  EXPECT_EQ(fingerprint("key", "text"), "bbbe98af1a62706c3775fe9daab86cc0724e8b3c3861213e11370ec47cd37e82");
  EXPECT_EQ(fingerprint("", "text"), "b2cf2360422d32610ed5e94cf42b694ce2454ccf4a90b91927d508d4ddf8210a");
  EXPECT_NE(fingerprint("key", "text"), fingerprint("kez", "text"));
  EXPECT_NE(fingerprint("key", "text"), fingerprint("key", "texu"));
  EXPECT_EQ(fingerprint("", "").size(), 64U);
  EXPECT_NE(fingerprint(std::string(200, 'a'), "x"), fingerprint(std::string(201, 'a'), "x"));
}

TEST(Secret, SameIsEquality) {
  EXPECT_TRUE(same("", ""));
  EXPECT_TRUE(same("abc", "abc"));
  EXPECT_FALSE(same("abc", "abd"));
  EXPECT_FALSE(same("abc", "ab"));
  EXPECT_FALSE(same("", "a"));
}

TEST(Secret, Base64IsReadOrRefused) {
  EXPECT_EQ(from_base64("YWxpY2U6cMOkc3M="), "alice:päss");
  EXPECT_EQ(from_base64(""), "");
  for (const char* text : {"YWxpY2U6cMOkc3M", "YWxp Y2U6", "YWxpY2U6c===", "<b>"})
    EXPECT_FALSE(from_base64(text)) << text;
  EXPECT_FALSE(from_base64(std::string(4100, 'A')));
}

TEST(Secret, APasswordMatchesItsHashOnly) {
  const auto hash = hash_password("correct horse");
  ASSERT_TRUE(hash);
  EXPECT_THAT(*hash, testing::StartsWith("$argon2id$v=19$m=32768,t=3,p=1$"));
  EXPECT_TRUE(is_password(*hash, "correct horse"));
  EXPECT_FALSE(is_password(*hash, "correct horsf"));
  EXPECT_FALSE(is_password(*hash, ""));
  EXPECT_NE(*hash_password("correct horse"), *hash) << "each has a salt of its own";
}

TEST(Secret, WhatIsNoHashMatchesNothing) {
  for (const std::string& hash : {std::string(), std::string("$argon2id$"), std::string("correct"),
                                  std::string(500, 'x'), std::string("$y$j9T$abc$def")})
    EXPECT_FALSE(is_password(hash, "correct")) << hash;
}

}  // namespace
}  // namespace pastmon::secret

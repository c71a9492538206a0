// SPDX-License-Identifier: MIT
// What nobody may guess: random words, hashes of passwords and of tokens, comparisons that tell nothing by their time.
// Any thread. The only module that knows libsodium.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "pastmon/base/result.h"

namespace pastmon::secret {

/// `bytes` random bytes (at most 64) of the system's generator, as twice as many hexadecimal digits.
std::string random_word(std::size_t bytes = 32);

/// 256 bits of `text` under `key` (keyed BLAKE2b), as 64 hexadecimal digits. Without the key nobody can make it, and
/// from it nobody gets the text back. An empty key is fine where the text itself cannot be guessed.
std::string fingerprint(std::string_view key, std::string_view text);

/// Takes as long for texts that differ early as for those that differ late.
bool same(std::string_view a, std::string_view b) noexcept;

/// What somebody sends in base64 (RFC 4648), such as a password over HTTP. Nothing when it is none, or longer than
/// 4096.
std::optional<std::string> from_base64(std::string_view text);

/// What a password is kept as: argon2id (RFC 9106) with its salt and cost, "$argon2id$v=19$m=…". Takes kPasswordMemory
/// and some 50 ms. Error: not enough memory.
base::Result<std::string> hash_password(std::string_view password);
/// False also for what is no hash.
bool is_password(std::string_view hash, std::string_view password) noexcept;

inline constexpr std::size_t kPasswordMemory = 32U << 20U;  ///< bytes, while a password is hashed or checked

}  // namespace pastmon::secret

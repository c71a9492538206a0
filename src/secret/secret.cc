// SPDX-License-Identifier: MIT
#include "pastmon/secret/secret.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace pastmon::secret {
namespace {

constexpr unsigned long long kPasswordPasses = 3;
constexpr std::size_t kMaxRandom = 64;
constexpr std::size_t kMaxBase64 = 4096;

using Bytes = unsigned char;

const Bytes* bytes(std::string_view text) { return reinterpret_cast<const Bytes*>(text.data()); }

void ready() {
  static const bool started = sodium_init() >= 0;
  if (!started) std::abort();  // no random numbers: nothing may go on
}

std::string hexadecimal(const Bytes* from, std::size_t size) {
  std::string text(size * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), from, size);
  text.pop_back();
  return text;
}

}  // namespace

std::string random_word(std::size_t size) {
  ready();
  std::array<Bytes, kMaxRandom> random{};
  size = std::min(size, kMaxRandom);
  randombytes_buf(random.data(), size);
  return hexadecimal(random.data(), size);
}

std::string fingerprint(std::string_view key, std::string_view text) {
  ready();
  std::array<Bytes, crypto_generichash_BYTES> hash{};
  // A longer key than the function takes is hashed to one that it takes.
  std::array<Bytes, crypto_generichash_KEYBYTES> short_key{};
  if (!key.empty()) crypto_generichash(short_key.data(), short_key.size(), bytes(key), key.size(), nullptr, 0);
  crypto_generichash(hash.data(), hash.size(), bytes(text), text.size(), key.empty() ? nullptr : short_key.data(),
                     key.empty() ? 0 : short_key.size());
  return hexadecimal(hash.data(), hash.size());
}

bool same(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() > kMaxBase64) return std::nullopt;
  std::string out(text.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<Bytes*>(out.data()), out.size(), text.data(), text.size(), nullptr, &size,
                        nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
    return std::nullopt;
  out.resize(size);
  return out;
}

base::Result<std::string> hash_password(std::string_view password) {
  ready();
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), kPasswordPasses, kPasswordMemory,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    return base::Error{"not enough memory to hash a password", true};
  return std::string(hash.data());
}

bool is_password(std::string_view hash, std::string_view password) noexcept {
  ready();
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (hash.size() >= text.size()) return false;
  std::copy(hash.begin(), hash.end(), text.begin());
  return crypto_pwhash_str_verify(text.data(), password.data(), password.size()) == 0;
}

}  // namespace pastmon::secret

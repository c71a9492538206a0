// SPDX-License-Identifier: MIT
//   | 1 1 type(2) ……(4) | version (4) | length, id of the receiver | length, id of the sender | …
//   Initial: … | token length (varint) | token | length (varint) | packet number (1 to 4) | frames, tag (16)
// The low bits of the first byte and the packet number are masked with what AES makes of 16 bytes of the contents.
#include "quic_packet.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "pastmon/names/quic_initial.h"

namespace pastmon::names {
namespace {

using Span = std::span<const std::uint8_t>;

constexpr std::uint32_t kVersion1 = 1, kVersion2 = 0x6b3343cf, kFirstDraft = 0xff000017, kLastDraft = 0xff000022;
constexpr std::uint32_t kDraft29 = 0xff00001d, kDraft33 = 0xff000021;
constexpr std::size_t kSecret = 32, kKey = 16, kIv = 12, kTag = 16, kSample = 16, kMaxId = 20;

using Salt = std::array<std::uint8_t, 20>;
constexpr Salt kSalt1 = {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
                         0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a};
constexpr Salt kSalt2 = {0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
                         0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9};
constexpr Salt kSaltDraft29 = {0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97,
                               0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99};
constexpr Salt kSaltDraft23 = {0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7,
                               0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02};

const Salt& salt_of(std::uint32_t version) {
  if (version == kVersion2) return kSalt2;
  if (version == kVersion1 || version >= kDraft33) return kSalt1;
  return version >= kDraft29 ? kSaltDraft29 : kSaltDraft23;
}

using Secret = std::array<std::uint8_t, kSecret>;

Secret hmac(Span key, Span data) {
  Secret out{};
  unsigned size = kSecret;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data.data(), data.size(), out.data(), &size);
  return out;
}

/// HKDF-Expand-Label of RFC 8446, 7.1, without context, for up to 32 bytes.
Secret expand(const Secret& secret, std::string_view label, std::size_t size) {
  std::string info = {static_cast<char>(size >> 8), static_cast<char>(size), static_cast<char>(label.size() + 6)};
  info += "tls13 ";
  info += label;
  info += '\0';
  info += '\1';
  return hmac(secret, {reinterpret_cast<const std::uint8_t*>(info.data()), info.size()});
}

struct FreeCipher {
  void operator()(EVP_CIPHER* c) const noexcept { EVP_CIPHER_free(c); }
  void operator()(EVP_CIPHER_CTX* c) const noexcept { EVP_CIPHER_CTX_free(c); }
};

}  // namespace

bool readable_quic_version(std::uint32_t version) noexcept {
  return version == kVersion1 || version == kVersion2 || (version >= kFirstDraft && version <= kLastDraft);
}

std::uint64_t quic_integer(base::Cursor& c) {
  const std::uint8_t first = c.u8();
  std::uint64_t value = first & 0x3fU;
  for (unsigned more = (1U << (first >> 6U)) - 1; more > 0; --more) value = value << 8U | c.u8();
  return value;
}

std::optional<LongPacket> read_long_packet(Span& rest) {
  base::Cursor c(rest);
  LongPacket p;
  const std::uint8_t first = c.u8();
  p.version = c.be32();
  if ((first & 0x80U) == 0 || !c.ok() || !readable_quic_version(p.version)) return std::nullopt;
  p.to = c.bytes(c.u8());
  p.from = c.bytes(c.u8());
  if (!c.ok() || p.to.size() > kMaxId || p.from.size() > kMaxId) return std::nullopt;
  const unsigned type = first >> 4U & 3U;
  const bool v2 = p.version == kVersion2;
  p.initial = type == (v2 ? 1U : 0U);
  if (type == (v2 ? 0U : 3U)) return std::nullopt;  // Retry has no length
  if (p.initial) {
    const std::uint64_t token = quic_integer(c);
    if (token > c.left()) return std::nullopt;
    c.skip(static_cast<std::size_t>(token));
  }
  const std::uint64_t size = quic_integer(c);
  if (!c.ok() || size > c.left()) return std::nullopt;
  p.number_at = rest.size() - c.left();
  p.whole = rest.first(p.number_at + static_cast<std::size_t>(size));
  rest = rest.subspan(p.whole.size());
  return p;
}

struct InitialOpener::Impl {
  std::unique_ptr<EVP_CIPHER, FreeCipher> ecb{EVP_CIPHER_fetch(nullptr, "AES-128-ECB", nullptr)};
  std::unique_ptr<EVP_CIPHER, FreeCipher> gcm{EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr)};
  std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> context{EVP_CIPHER_CTX_new()};
  std::vector<std::uint8_t> head, plain;

  bool mask(const Secret& key, Span sample, std::uint8_t (&out)[kSample]) const {
    int size = 0;
    return EVP_EncryptInit_ex(context.get(), ecb.get(), nullptr, key.data(), nullptr) == 1 &&
           EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
           EVP_EncryptUpdate(context.get(), out, &size, sample.data(), kSample) == 1 && size == kSample;
  }

  /// `body`: what is encrypted, and the tag.
  bool decrypt(const Secret& key, const Secret& nonce, Span body) {
    const Span text = body.first(body.size() - kTag);
    std::array<std::uint8_t, kTag> tag;
    std::memcpy(tag.data(), body.data() + text.size(), kTag);
    plain.resize(text.size());
    int size = 0;
    EVP_CIPHER_CTX* const c = context.get();
    return EVP_DecryptInit_ex(c, gcm.get(), nullptr, key.data(), nonce.data()) == 1 &&
           EVP_DecryptUpdate(c, nullptr, &size, head.data(), static_cast<int>(head.size())) == 1 &&
           EVP_DecryptUpdate(c, plain.data(), &size, text.data(), static_cast<int>(text.size())) == 1 &&
           EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) == 1 &&
           EVP_DecryptFinal_ex(c, plain.data() + plain.size(), &size) == 1;
  }
};

InitialOpener::InitialOpener() : impl_(std::make_unique<Impl>()) {}
InitialOpener::~InitialOpener() = default;

std::optional<Span> InitialOpener::open(const LongPacket& packet) {
  constexpr std::size_t longest_number = 4;
  const Span whole = packet.whole;
  if (whole.size() < packet.number_at + longest_number + kSample) return std::nullopt;
  const bool v2 = packet.version == kVersion2;
  const Secret initial = hmac(salt_of(packet.version), packet.to);
  const Secret client = expand(initial, "client in", kSecret);
  const Secret key = expand(client, v2 ? "quicv2 key" : "quic key", kKey);
  Secret nonce = expand(client, v2 ? "quicv2 iv" : "quic iv", kIv);
  const Secret protection = expand(client, v2 ? "quicv2 hp" : "quic hp", kKey);

  std::uint8_t mask[kSample];
  if (!impl_->mask(protection, whole.subspan(packet.number_at + longest_number, kSample), mask)) return std::nullopt;
  const auto first = static_cast<std::uint8_t>(whole[0] ^ (mask[0] & 0x0fU));
  const std::size_t number_size = (first & 3U) + 1;
  impl_->head.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(packet.number_at + number_size));
  impl_->head[0] = first;
  for (std::size_t i = 0; i < number_size; ++i) {
    std::uint8_t& byte = impl_->head[packet.number_at + i];
    byte = static_cast<std::uint8_t>(byte ^ mask[1 + i]);
    nonce[kIv - number_size + i] = static_cast<std::uint8_t>(nonce[kIv - number_size + i] ^ byte);
  }
  const Span body = whole.subspan(packet.number_at + number_size);
  if (body.size() < kTag || !impl_->decrypt(key, nonce, body)) return std::nullopt;
  return Span(impl_->plain);
}

}  // namespace pastmon::names

// SPDX-License-Identifier: MIT
// Any bytes as each kind of message that names are read from. Aborts when a bound does not hold.
#include <cstdint>
#include <cstdlib>

#include "pastmon/names/dhcp_names.h"
#include "pastmon/names/dns_answers.h"
#include "pastmon/names/host_name.h"
#include "pastmon/names/http_host.h"
#include "pastmon/names/quic_initial.h"
#include "pastmon/names/tls_hello.h"

namespace {

void hellos(std::span<const std::uint8_t> bytes) {
  namespace names = pastmon::names;
  const auto inside = [&](std::string_view text) {
    const auto* begin = reinterpret_cast<const char*>(bytes.data());
    return text.empty() || (text.data() >= begin && text.data() + text.size() <= begin + bytes.size());
  };
  for (const auto message : {bytes, names::handshake_in_record(bytes)}) {
    const auto client = names::read_client_hello(message);
    if (client && (!inside(client->server_name) || !inside(client->protocol))) std::abort();
    const auto server = names::read_server_hello(message);
    if (server && !inside(server->protocol)) std::abort();
  }
  static names::QuicHellos quic({});
  static pastmon::base::Micros now = 0;
  quic.read(bytes, now += 10'000);
  if (quic.unfinished() > names::QuicHellos::Options{}.max_unfinished) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<pastmon::names::AnsweredAddress> found;
  pastmon::names::read_dns_answers({data, size}, found);
  if (found.size() > pastmon::names::kMaxAnswers) std::abort();
  for (const auto& answer : found) {
    const auto name = pastmon::names::clean_host_name(answer.name);
    if (!name) continue;
    if (name->empty() || name->size() > pastmon::names::kMaxHostName) std::abort();
    for (const char c : *name) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) std::abort();
    }
  }
  hellos({data, size});
  const auto dhcp = pastmon::names::read_dhcp({data, size});
  if (dhcp && dhcp->name.size() > pastmon::names::kMaxHostName) std::abort();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (pastmon::names::read_http_host(text).size() > pastmon::names::kMaxHostName) std::abort();
  pastmon::names::clean_host_name({reinterpret_cast<const char*>(data), size});
  return 0;
}

// SPDX-License-Identifier: MIT
#include "link_type.h"

#include <pcap/pcap.h>

#include "pastmon/base/text.h"

namespace pastmon::capture {

std::optional<LinkType> link_type_of_file(std::uint32_t number) {
  constexpr std::uint32_t old_raw[] = {12, 14};  // files of systems that wrote their own DLT_RAW
  if (number == old_raw[0] || number == old_raw[1]) return LinkType::raw_ip;
  const auto link = static_cast<LinkType>(number);
  if (number > 0xffff) return std::nullopt;
  switch (link) {
    case LinkType::null_loopback:
    case LinkType::ethernet:
    case LinkType::raw_ip:
    case LinkType::openbsd_loopback:
    case LinkType::linux_cooked:
    case LinkType::ipv4:
    case LinkType::ipv6:
    case LinkType::linux_cooked_2:
    case LinkType::ppp:
    case LinkType::fddi:
    case LinkType::ppp_hdlc:
    case LinkType::pppoe:
    case LinkType::cisco_hdlc:
    case LinkType::ieee802_11:
    case LinkType::prism:
    case LinkType::radiotap:
    case LinkType::avs:
    case LinkType::pppd:
    case LinkType::ppi:
    case LinkType::erf:
    case LinkType::ppp_with_direction:
    case LinkType::cisco_hdlc_with_direction:
    case LinkType::nflog:
      return link;
  }
  return std::nullopt;
}

std::optional<LinkType> link_type_of_dlt(int dlt) {
  if (dlt == DLT_RAW) return LinkType::raw_ip;
  if (dlt == DLT_LOOP) return LinkType::openbsd_loopback;
  return dlt < 0 ? std::nullopt : link_type_of_file(static_cast<std::uint32_t>(dlt));
}

int dlt_of(LinkType link) {
  if (link == LinkType::raw_ip) return DLT_RAW;
  if (link == LinkType::openbsd_loopback) return DLT_LOOP;
  return static_cast<int>(link);
}

std::string unknown_link_type(int dlt) {
  std::string text = base::cat("link type ", dlt);
  const char* name = pcap_datalink_val_to_name(dlt);
  const char* description = pcap_datalink_val_to_description(dlt);
  if (name != nullptr)
    text += base::cat(" (", name, description != nullptr ? ", " : "", description != nullptr ? description : "", ")");
  return text + " is not one that can be decoded";
}

}  // namespace pastmon::capture

// SPDX-License-Identifier: MIT
// The link types that decode knows, and what libpcap calls them on this system (DLT_…).
#pragma once

#include <optional>
#include <string>

#include "pastmon/capture/frame.h"

namespace pastmon::capture {

/// By the number in a capture file's header; nothing when decode does not know it.
std::optional<LinkType> link_type_of_file(std::uint32_t number);

/// By libpcap's number; nothing when decode does not know it.
std::optional<LinkType> link_type_of_dlt(int dlt);

int dlt_of(LinkType link);

/// "link type 105 (IEEE802_11, 802.11) is not one that can be decoded": without the subject in front.
std::string unknown_link_type(int dlt);

}  // namespace pastmon::capture

// SPDX-License-Identifier: MIT
// The lists behind the filter: names of system calls; those that an architecture does not have are passed over.
#pragma once

#include <span>

namespace pastmon::process {

/// Allowed with any arguments, to both programs.
std::span<const char* const> allowed_calls() noexcept;

/// Refused without a word in the log: libraries try them and do well without.
std::span<const char* const> quietly_refused_calls() noexcept;

/// Requests of ioctl() that are allowed besides those on network interfaces (SIOC…).
std::span<const unsigned long> allowed_requests() noexcept;

}  // namespace pastmon::process

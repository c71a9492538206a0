// SPDX-License-Identifier: MIT
// Questions to whoever runs the program. Prompts go to standard error; without a terminal the answers are lines of
// standard input and nothing is printed.
#pragma once

#include <istream>
#include <string>

#include "pastmon/base/result.h"

namespace pastmon::admin {

/// A line without its end. Error: `missing` when there is none, or it is empty.
base::Result<std::string> read_line(std::istream& from, const std::string& missing);

base::Result<std::string> ask(const std::string& prompt);
/// Without echo.
base::Result<std::string> ask_secret(const std::string& prompt);

}  // namespace pastmon::admin

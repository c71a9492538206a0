// SPDX-License-Identifier: MIT
// What machines say to each other: what the captures of real programs do not show.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

template <std::size_t N>
std::string raw(const char (&text)[N]) {
  return {text, N - 1};
}
std::string big(std::size_t number, int size) {
  std::string s;
  for (int i = size - 1; i >= 0; --i) s += static_cast<char>(number >> (8 * i));
  return s;
}

// Modbus

std::string modbus(int id, int unit, const std::string& pdu) {
  return big(static_cast<std::size_t>(id), 2) + big(0, 2) + big(pdu.size() + 1, 2) +
         big(static_cast<std::size_t>(unit), 1) + pdu;
}
const std::string kRead = raw("\3\0\1\0\2");
const std::string kRegisters = raw("\3\4\0\1\0\2");

TEST(Modbus, RequestAndResponseArePairedByIdUnitAndFunction) {
  Connection c(502);
  c.client(0, modbus(1, 9, kRead) + modbus(2, 9, raw("\6\0\1\0\2")));
  c.server(10, modbus(2, 9, raw("\6\0\1\0\2")))
      .server(30, modbus(1, 8, kRegisters))
      .server(50, modbus(1, 9, kRegisters));
  EXPECT_EQ(c.rows(), "Modbus WRITE_SINGLE_REGISTER answered, Modbus READ_HOLDING_REGISTERS answered");
  EXPECT_EQ(c.only("Modbus READ_HOLDING_REGISTERS").response_time(), 50);
}

TEST(Modbus, AnExceptionIsAnError) {
  Connection c(5020);
  c.client(0, modbus(1, 9, kRead)).server(10, modbus(1, 9, raw("\x83\2")));
  EXPECT_EQ(c.rows(), "Modbus READ_HOLDING_REGISTERS answered error");
}

TEST(Modbus, OnOtherPortsNothingIsClaimedWithoutItsAnswer) {
  for (const std::string& answer : {modbus(2, 9, kRegisters), modbus(1, 9, raw("\4\4\0\1\0\2")), kRegisters}) {
    Connection c(5020);
    c.client(0, modbus(1, 9, kRead)).server(10, answer).fin(1, 20);
    EXPECT_EQ(c.rows(), "TCP OTHER answered");
  }
  Connection odd(5020);
  odd.client(0, modbus(1, 9, raw("\x5a\0"))).server(10, modbus(1, 9, raw("\x5a\0"))).fin(1, 20);
  EXPECT_EQ(odd.rows(), "TCP OTHER answered");
}

}  // namespace
}  // namespace pastmon::signature::test

// SPDX-License-Identifier: MIT
// Disks over the network: what the captures of real programs do not show.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

std::string big(std::size_t number, int size) {
  std::string s;
  for (int i = size - 1; i >= 0; --i) s += static_cast<char>(number >> (8 * i));
  return s;
}

/// `third`: the byte that has the status in a response. `command`: the SCSI command's first byte.
std::string pdu(int kind, int flags, std::size_t tag, int third = 0, int command = 0, const std::string& data = {}) {
  const std::size_t filled = (data.size() + 3) / 4 * 4;
  return big(static_cast<std::size_t>(kind), 1) + big(static_cast<std::size_t>(flags), 1) + big(0, 1) +
         big(static_cast<std::size_t>(third), 1) + big(data.size(), 4) + std::string(8, '\0') + big(tag, 4) +
         std::string(12, '\0') + big(static_cast<std::size_t>(command), 1) + std::string(15, '\0') + data +
         std::string(filled - data.size(), '\0');
}
std::string read(std::size_t tag) { return pdu(0x01, 0xc1, tag, 0, 0x28); }
constexpr std::size_t kNoTag = 0xffffffff;

TEST(Iscsi, TheDataOfAReadAreItsResponse) {
  Connection c(3260);
  c.client(0, read(1) + read(2)).server(10, pdu(0x25, 0, 2, 0, 0, "abcde")).server(30, pdu(0x25, 0, 1, 0, 0, "abc"));
  c.server(50, pdu(0x25, 0x81, 2, 0, 0, "fgh")).server(70, pdu(0x21, 0x80, 1));
  EXPECT_EQ(c.rows(), "ISCSI SCSI_READ answered, ISCSI SCSI_READ answered");
  EXPECT_EQ(c.of("ISCSI SCSI_READ")[0].response_time(), 10);
  EXPECT_EQ(c.of("ISCSI SCSI_READ")[0].response_end, 50);
  EXPECT_EQ(c.of("ISCSI SCSI_READ")[1].response_time(), 30);
  EXPECT_EQ(c.of("ISCSI SCSI_READ")[1].response_end, 70);
}

TEST(Iscsi, DataThatTheTargetAskedForBelongToTheWrite) {
  Connection c(3260);
  c.client(0, pdu(0x01, 0xa1, 1, 0, 0x2a)).server(10, pdu(0x31, 0x80, 1));
  c.client(20, pdu(0x05, 0, 1, 0, 0, "data")).client(30, pdu(0x05, 0x80, 1, 0, 0, "data"));
  c.server(70, pdu(0x21, 0x80, 1));
  EXPECT_EQ(c.rows(), "ISCSI SCSI_WRITE answered");
  EXPECT_EQ(c.only("ISCSI SCSI_WRITE").response_time(), 40);
}

TEST(Iscsi, AStatusOtherThanGoodIsAnError) {
  Connection c(3260);
  c.client(0, read(1)).server(10, pdu(0x21, 0x80, 1, 2)).client(20, read(2)).server(30, pdu(0x25, 0x81, 2, 8));
  c.client(40, pdu(0x01, 0x81, 3, 0, 0)).server(50, pdu(0x21, 0x80, 3, 0));
  EXPECT_EQ(c.rows(), "ISCSI SCSI_READ answered error, ISCSI SCSI_READ answered error, ISCSI SCSI_OTHER answered");
}

TEST(Iscsi, PingsOfTheTargetAnswerNothing) {
  Connection c(3260);
  c.client(0, read(1)).server(10, pdu(0x20, 0x80, kNoTag)).client(20, pdu(0x40, 0x80, kNoTag));
  c.server(30, pdu(0x25, 0x81, 1)).client(40, pdu(0x40, 0x80, 9)).server(50, pdu(0x20, 0x80, 9));
  EXPECT_EQ(c.rows(), "ISCSI SCSI_READ answered, ISCSI NOP answered");
}

TEST(Iscsi, OnOtherPortsAPairIsNeeded) {
  MidStream pair(5000);
  pair.client(0, read(1)).server(10, pdu(0x25, 0x81, 1));
  EXPECT_EQ(pair.rows(), "ISCSI SCSI_READ answered");
  MidStream other(5000);
  other.client(0, read(1)).server(10, pdu(0x25, 0x81, 2)).fin(1, 20);
  EXPECT_EQ(other.rows(), "TCP OTHER answered");
}

}  // namespace
}  // namespace pastmon::signature::test

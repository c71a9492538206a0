# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib, work, v4 and v6 are make_captures.sh's
# Cases of what machines say to each other: Modbus.
# packages: python3-pymodbus python3-serial-asyncio

modbus_functions=(1=READ_COILS 2=READ_DISCRETE_INPUTS 3=READ_HOLDING_REGISTERS 4=READ_INPUT_REGISTERS
    5=WRITE_SINGLE_COIL 6=WRITE_SINGLE_REGISTER 15=WRITE_MULTIPLE_COILS 16=WRITE_MULTIPLE_REGISTERS
    22=MASK_WRITE_REGISTER 23=READ_WRITE_MULTIPLE_REGISTERS)

case_modbus() {
    files_up
    background modbus files1 python3 "$lib/modbus.py" server "${v4[files1]}"
    background modbus-udp files1 python3 "$lib/modbus.py" udp-server "${v4[files1]}"
    until_true 10 on files1 python3 "$lib/modbus.py" client "${v4[files1]}"
    start_case modbus
    on desk1 python3 "$lib/modbus.py" client "${v4[files1]}"
    on desk2 python3 "$lib/modbus.py" pipelined "${v4[files1]}"
    on desk2 python3 "$lib/modbus.py" udp "${v4[files1]}"
    did_fields Modbus desk1 files1 502 'tcp.dstport == 502 and modbus' modbus.func_code "${modbus_functions[@]}"
    did_fields Modbus desk2 files1 502 '(tcp.dstport == 502 or udp.dstport == 502) and modbus' modbus.func_code \
        "${modbus_functions[@]}"
    must_see 2 'modbus.exception_code'
    finish_case --shows modbus.conf <<'TXT'
pymodbus as device and client: reads and writes of each kind, a read of registers that are not there
(an exception: an error). desk2 sends six reads in two writes and a function that the device does
not know (`Modbus OTHER`, an error), then reads twice over UDP.
TXT
}

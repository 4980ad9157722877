-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- The plugin's first answer as a Lua post-dissector, for the benchmark to compare with: it marks the frames
-- of connections whose two SYN+ACKs acknowledge each other. It knows nothing else: no lost segments, no reuse.

local flags = Field.new("tcp.flags")
local stream = Field.new("tcp.stream")
local seq = Field.new("tcp.seq_raw")
local ack = Field.new("tcp.ack_raw")

local first_answer = Proto("first_answer", "First answer")
local simultaneous = ProtoField.bool("first_answer.simopen", "Opened simultaneously")
first_answer.fields = { simultaneous }

local SYN_ACK = 0x12
local SYN_ACK_RST = 0x16

-- by stream: the numbers of its first SYN+ACK, and whether another one answered it
local handshakes = {}
local opened = {}

function first_answer.init()
    handshakes = {}
    opened = {}
end

local function observe(number)
    local sent, acknowledged = seq().value, ack().value
    local other = handshakes[number]

    if not other then
        handshakes[number] = { sent = sent, acknowledged = acknowledged }
    elseif other.sent + 1 == acknowledged and sent + 1 == other.acknowledged then
        opened[number] = true
    end
end

function first_answer.dissector(buffer, pinfo, tree)
    local now = flags()

    if not now then
        return
    end
    local number = stream().value
    if not pinfo.visited and bit.band(now.value, SYN_ACK_RST) == SYN_ACK then
        observe(number)
    end
    if opened[number] then
        tree:add(simultaneous, true):set_generated()
    end
end

register_postdissector(first_answer)

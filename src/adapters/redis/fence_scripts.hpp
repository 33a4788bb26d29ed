#pragma once
#include <string_view>

namespace margind::redis {

// Scripts that make a step of ours atomic. All keys of a call lie in one slot. Written for servers
// that know `#!lua` (Redis 7, Valkey), which then refuse a call as a whole when memory is short.

/// KEYS: term, lease. ARGV: instance, milliseconds. The new term, newer than all before.
inline constexpr std::string_view acquire_script = R"(#!lua
local term = redis.call('INCR', KEYS[1])
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return term
)";

/// KEYS: term, lease. ARGV: term, instance, milliseconds. Refused when a newer term is there; a
/// term that was deleted or set back is put right.
inline constexpr std::string_view renew_script = R"(#!lua
local newest = tonumber(redis.call('GET', KEYS[1]) or '0') or math.huge
local mine = tonumber(ARGV[1])
if newest > mine then
    return redis.error_reply('STALETERM term ' .. newest .. ' is newer than ' .. ARGV[1])
end
if newest < mine then redis.call('SET', KEYS[1], ARGV[1]) end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
return 1
)";

/// KEYS: term, ids, breaches, stream. ARGV: term, id, score of the id, ids kept, entries kept,
/// account, breach memory, then the fields of the entry. 1 = appended, 0 = the id was known. The
/// memory is written in both cases: a repeat may come after a later event of the account was lost.
/// The entry comes after the memory and before its id, so that a call that fails in the middle can
/// be repeated.
inline constexpr std::string_view append_script = R"(#!lua
local newest = tonumber(redis.call('GET', KEYS[1]) or '0') or math.huge
local mine = tonumber(ARGV[1])
if newest > mine then
    return redis.error_reply('STALETERM term ' .. newest .. ' is newer than ' .. ARGV[1])
end
if newest < mine then redis.call('SET', KEYS[1], ARGV[1]) end
local is_known = redis.call('ZSCORE', KEYS[2], ARGV[2])
redis.call('HSET', KEYS[3], ARGV[6], ARGV[7])
if is_known then return 0 end
redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[5], '*', unpack(ARGV, 8))
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[2])
local extra = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[4])
if extra > 0 then redis.call('ZREMRANGEBYRANK', KEYS[2], 0, extra - 1) end
return 1
)";

}  // namespace margind::redis

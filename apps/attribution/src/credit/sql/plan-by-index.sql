-- Touches are placed one by one, so what looks cheap once, to read a small table whole, is paid a thousand times: 0.23 ms
-- a touch against 0.03. $1: 'off' before, 'on' after; it ends with the transaction.
select set_config('enable_seqscan', $1, true), set_config('jit', 'off', true)

-- Asks for each line of a file once, by POST, and ends when there are no more: to pin again what is
-- pinned would be another figure. Its arguments are the file and the number of threads.
local threads = 0
local targets, last = {}, nil

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(arguments)
    local index, count = 0, tonumber(arguments[2])
    for line in io.lines(arguments[1]) do
        if index % count == number then targets[#targets + 1] = line end
        index = index + 1
    end
    index = 0
    next_target = function()
        index = index + 1
        return targets[index]
    end
end

function request()
    local target = next_target()
    if target == nil then
        wrk.thread:stop()
        target = last
    end
    last = target
    return wrk.format("POST", target)
end

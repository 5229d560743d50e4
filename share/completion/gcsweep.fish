# gcsweep.fish - completion for fish: asks gcsweep itself what may follow.

function __gcsweep_candidates
    set -l words (commandline -opc)
    $words[1] complete $words[2..-1] (commandline -ct) 2>/dev/null </dev/null
end

complete -c gcsweep -f -a '(__gcsweep_candidates)'

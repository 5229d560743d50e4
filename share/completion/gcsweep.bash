# gcsweep.bash - completion for bash: asks gcsweep itself what may follow.

_gcsweep()
{
    local program=${1/#\~/$HOME} line=${COMP_LINE:0:COMP_POINT} breaks=${COMP_WORDBREAKS//[[:space:]\"\']/}
    local -a words=()
    local i piece joined=

    # bash cuts words at = : and @; what no blank parts belongs together.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        piece=${COMP_WORDS[i]}
        ((i == COMP_CWORD)) && piece=${piece:0:${#line}}
        if [[ -n $joined && $line != [[:space:]]* ]]; then
            words[-1]+=$piece
        else
            words+=("$piece")
        fi
        line=${line#"${line%%[![:space:]]*}"}
        line=${line#"$piece"}
        joined=yes
    done

    local typed=${words[-1]} quote= candidate cut
    case $typed in
    [\"\']*) quote=${typed:0:1} typed=${typed:1} ;;
    *) typed=${typed//\\/} ;;
    esac
    cut=${typed%"${typed##*[$breaks]}"} # what bash takes for words before this one
    [[ -n $quote ]] && cut=

    COMPREPLY=()
    while IFS=$'\t' read -r candidate _; do
        candidate=${candidate#"$cut"}
        if [[ -z $quote && $candidate == *[!][:alnum:]_./,:=+@%~[-]* ]]; then
            printf -v candidate %q "$candidate"
        fi
        COMPREPLY+=("$candidate")
    done < <("$program" complete "${words[@]:1:${#words[@]}-2}" "$typed" 2>/dev/null </dev/null)

    # What is not finished gets no blank behind it.
    [[ ${#COMPREPLY[@]} -gt 0 && ${COMPREPLY[0]} == *[/=+:@,] ]] && compopt -o nospace 2>/dev/null
    return 0
}

complete -F _gcsweep gcsweep

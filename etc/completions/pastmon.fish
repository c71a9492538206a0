# SPDX-License-Identifier: MIT
# fish completion of PasTmon's programs. It asks each program itself (--help), so it fits whatever version is installed.

function __pastmon_help
    set -l words (commandline -opc)
    set -l program $words[1]
    set -l path
    set -l help ($program --help 2>/dev/null)
    for word in $words[2..-1]
        string match -q -- '-*' $word; and continue
        contains -- $word (printf '%s\n' $help | __pastmon_subcommands | string split -f 1 \t); or continue
        set -a path $word
        set help ($program $path --help 2>/dev/null)
    end
    printf '%s\n' $help
end

function __pastmon_subcommands
    sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z0-9-]*\)  *\(.*\)/\1\t\2/p'
end

function __pastmon_complete
    set -l help (__pastmon_help)
    set -l before (commandline -opc)[-1]
    set -l line (printf '%s\n' $help | string match -er -- "^  ([^ ]*,)?"(string escape --style=regex -- $before)"[, ]")
    if string match -q -- '-*' $before; and string match -qr -- '^  \S+ [A-Z]' "$line[1]"
        if string match -q '*{*}*' -- $line[1]
            string replace -r '.*\{(.*)\}.*' '$1' -- $line[1] | string split ,
        else if string match -qr '^  \S+ IF' -- $line[1]
            printf '%s\n' any (ls /sys/class/net 2>/dev/null)
        else if string match -qr '^  \S+ DATABASE' -- $line[1]
            printf '%s\n' sqlite: pgsql
        else if string match -qr '^  \S+ (FILE|DIRECTORY)' -- $line[1]
            __fish_complete_path (commandline -ct)
        end
        return
    end
    printf '%s\n' $help | __pastmon_subcommands
    printf '%s\n' $help | sed -n 's/^  \(-[^ ]*\) .*/\1/p' | string split ,
    if printf '%s\n' $help | grep -q '^  FILE '
        __fish_complete_path (commandline -ct)
    end
end

for program in pastmon pastmon-web pastmon-admin pastmon_summarise_level_2
    complete -c $program -f -a '(__pastmon_complete)'
end

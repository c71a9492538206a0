# SPDX-License-Identifier: MIT
# bash completion of pastmon, pastmon-web, pastmon-admin and pastmon_summarise_level_2. It asks each program itself
# (--help) for its subcommands, options and their values, so it fits whatever version is installed.

# The help of a program behind those words that are its subcommands; nothing else of the line is passed on.
_pastmon_help() {
  local program=$1 line=$'\n' word
  shift
  local -a path=()
  line+=$("$program" --help 2>/dev/null)
  for word in "$@"; do
    [[ $word == [a-z]* && $line == *$'\n'Subcommands:* ]] || continue
    [[ ${line#*$'\n'Subcommands:} == *$'\n  '"$word"[[:space:]]* ]] || continue
    path+=("$word")
    line=$'\n'$("$program" "${path[@]}" --help 2>/dev/null)
  done
  printf '%s\n' "$line"
}

# The line of the help that is about an option: "-c,--config FILE …"
_pastmon_option() {
  local option=$1 line names
  while IFS= read -r line; do
    [[ $line == '  -'* ]] || continue
    names=${line#  }
    names=${names%% *}
    [[ ,$names, == *",$option,"* ]] && { printf '%s\n' "$line"; return 0; }
  done
  return 1
}

_pastmon_files() {  # WORD [PATTERN]: directories, and files whose name fits
  local pattern=${2:-*} file
  local IFS=$'\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=()
  for file in $(compgen -f -- "$1"); do
    [[ -d $file || $file == $pattern ]] && COMPREPLY+=("$file")
  done
}

_pastmon() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} help line values
  local -a words=("${COMP_WORDS[@]:1:COMP_CWORD-1}")
  COMPREPLY=()
  # readline splits at "=": --report=js
  if [[ $word == = ]]; then word=''; elif [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD - 2]}; fi
  help=$(_pastmon_help "${COMP_WORDS[0]/#\~/$HOME}" "${words[@]}")

  if [[ $before == -* ]] && line=$(_pastmon_option "$before" <<<"$help"); then
    values=${line#  * }
    case $values in
      *:{*}*) values=${values#*\{}; values=${values%%\}*}
              COMPREPLY=($(compgen -W "${values//,/ }" -- "$word")); return ;;
      IF*) COMPREPLY=($(compgen -W "any $(ls /sys/class/net 2>/dev/null)" -- "$word")); return ;;
      DIRECTORY*) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$word")); return ;;
      DATABASE*) COMPREPLY=($(compgen -W "sqlite: pgsql" -- "$word")); return ;;
      FILE*)
        case $before in
          *config) _pastmon_files "$word" '*.conf' ;;
          -c) _pastmon_files "$word" '*.conf' ;;
          -r | --read) _pastmon_files "$word" '*.@(pcap|pcapng|cap)' ;;
          *) _pastmon_files "$word" ;;
        esac
        return ;;
      ' '* | '') ;;  # a switch, without a value
      *) return ;;
    esac
  fi

  if [[ $word == -* ]]; then
    values=$(while IFS= read -r line; do
      [[ $line == '  -'* ]] && line=${line#  } && printf '%s\n' "${line%% *}" | tr ',' '\n'
    done <<<"$help")
    COMPREPLY=($(compgen -W "$values" -- "$word"))
  elif [[ $help == *$'\n'Subcommands:* ]]; then
    values=$(sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z0-9-]*\) .*/\1/p' <<<"$help")
    COMPREPLY=($(compgen -W "$values" -- "$word"))
  elif [[ $help == *$'\n  FILE '* && $help == *$'\n  CAPTURE '* ]]; then
    # signature test FILE CAPTURE: signatures first, then a capture
    if [[ " ${words[*]} " == *.conf\ * ]]; then _pastmon_files "$word" '*.@(pcap|pcapng|cap)'
    else _pastmon_files "$word" '*.conf'; fi
  fi
}

shopt -q extglob || shopt -s extglob
complete -F _pastmon pastmon pastmon-web pastmon-admin pastmon_summarise_level_2

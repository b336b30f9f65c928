# Bash completion for the veneer command.
_veneer() {
  local cur prev words cword
  cur=${COMP_WORDS[COMP_CWORD]}
  prev=${COMP_WORDS[COMP_CWORD - 1]}
  local commands="schema info columns pages cat head tail count verify dictionary ls scan"
  local command=${COMP_WORDS[1]}

  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "$commands --help --version" -- "$cur"))
    return
  fi

  # "--format=js" arrives as three words: --format, =, js.
  local option=$prev
  if [[ $cur == "=" ]]; then
    cur=
  elif [[ $prev == "=" ]]; then
    option=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case $option in
    --format)
      case $command in
        scan) COMPREPLY=($(compgen -W "jsonl csv table none" -- "$cur")) ;;
        cat | head | tail) COMPREPLY=($(compgen -W "jsonl csv table" -- "$cur")) ;;
        schema | info | count | verify) COMPREPLY=($(compgen -W "text json" -- "$cur")) ;;
        *) COMPREPLY=($(compgen -W "table json csv" -- "$cur")) ;;
      esac
      return
      ;;
    --color)
      COMPREPLY=($(compgen -W "auto always never" -- "$cur"))
      return
      ;;
    --sort)
      COMPREPLY=($(compgen -W "schema name type size raw ratio share values nulls distinct" -- "$cur"))
      return
      ;;
    --addressing)
      COMPREPLY=($(compgen -W "auto path virtual" -- "$cur"))
      return
      ;;
    --where | --keys | --concurrency | -j | --partition-types | --part | --endpoint | --region | --profile | --columns | -c | --limit | --offset | -n | --threads | --row-group | --key)
      COMPREPLY=()
      return
      ;;
  esac

  if [[ $cur == -* ]]; then
    local options="--color= --help --endpoint= --region= --profile= --anonymous --addressing= --requester-pays --ca-bundle="
    case $command in
      cat) options+=" --where= --explain --format= --columns= --limit= --offset= --no-checksum --threads=" ;;
      head | tail) options+=" --where= --explain --format= --columns= --limit= -n --offset= --no-checksum --threads=" ;;
      schema) options+=" --format=" ;;
      info) options+=" --format= --key=" ;;
      columns) options+=" --format= --columns= --sort=" ;;
      pages) options+=" --format= --columns= --row-group= --decode --no-checksum" ;;
      count) options+=" --where= --explain --format= --decode --no-checksum --threads=" ;;
      verify) options+=" --format= --limit= --no-checksum" ;;
      ls) options+=" --where= --all --format=" ;;
      scan)
        options+=" --where= --keys= --columns= --format= --limit= --output= --concurrency= --ordered --resume= --reread-changed"
        options+=" --skip-errors --partition-types= --by-field-id --first-schema --part= --no-checksum --quiet"
        ;;
      dictionary) options+=" --format= --row-group= --no-checksum" ;;
    esac
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
    [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
    return
  fi
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen -f -- "$cur"))
}
complete -F _veneer veneer

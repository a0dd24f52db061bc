import { Alert, Button, Chip, Stack, Tooltip, Typography } from "@mui/material";
import type { ReactNode } from "react";
import { call } from "../../api/client";
import type { Dataset, Profile } from "../../api/schema";
import { Bars } from "../../charts/Bars";
import { Loaded } from "../../components/Loaded";
import { NativeSelect } from "../../components/NativeSelect";
import { VirtualTable, type VirtualColumn } from "../../components/VirtualTable";
import { distribution, summary, typeTitles, warningsOf, type ColumnProfile } from "../../lib/columns";
import { useDraft } from "../../lib/draft";
import { standardForm, type ColumnType } from "../../lib/experimentForm";
import { formatInteger, formatPercent, plural } from "../../lib/format";
import { useResource } from "../../lib/resource";

const head: readonly VirtualColumn[] = [
  { key: "name", header: "Column", width: 220 },
  { key: "type", header: "Type", width: 180 },
  { key: "values", header: "Values", width: 172 },
  { key: "summary", header: "Summary", width: 290 },
  { key: "missing", header: "Missing", width: 100, align: "right" },
  { key: "distinct", header: "Distinct", width: 100, align: "right" },
];

/** The columns of a dataset with what is in them; a type can be set here for the next training. */
export function ColumnList({ dataset }: { dataset: Dataset }) {
  const profile = useResource(`dataset:${dataset.id}:profile`, (signal) =>
    call("getDatasetProfile", { path: { id: dataset.id }, signal }),
  );
  return (
    <Loaded of={profile} what="the columns" lines={8}>
      {(data) => <Columns dataset={dataset} profile={data} />}
    </Loaded>
  );
}

function Columns({ dataset, profile }: { dataset: Dataset; profile: Profile }) {
  const [form, setForm] = useDraft(`train:${dataset.id}`, standardForm);
  const changed = Object.keys(form.types).length;
  const setType = (column: ColumnProfile, type: string) => {
    const { [column.name]: _old, ...types } = form.types;
    setForm({ ...form, types: type === column.type ? types : { ...types, [column.name]: type as ColumnType } });
  };
  const cells = (column: ColumnProfile): readonly ReactNode[] => {
    const picture = distribution(column);
    return [
      <Name key="name" column={column} />,
      <TypeChoice
        key="type"
        column={column}
        value={form.types[column.name] ?? column.type}
        onChange={(type) => setType(column, type)}
      />,
      picture && <Bars key="values" {...picture} />,
      <Tooltip key="summary" title={summary(column, profile.rows)} placement="top-start">
        <span>{summary(column, profile.rows)}</span>
      </Tooltip>,
      column.missing === 0 ? "none" : formatPercent(column.missing / Math.max(1, profile.rows)),
      formatInteger(column.distinct),
    ];
  };
  return (
    <Stack spacing={2}>
      {changed > 0 && (
        <Alert
          severity="info"
          variant="outlined"
          action={
            <Button color="inherit" size="small" onClick={() => setForm({ ...form, types: {} })}>
              Undo
            </Button>
          }
        >
          {plural(changed, "type")} changed: the next training in this tab takes {changed === 1 ? "it" : "them"}.
        </Alert>
      )}
      <VirtualTable
        label={`Columns of ${dataset.name}`}
        columns={head}
        rowCount={profile.columns.length}
        rowHeight={64}
        maxHeight={720}
        rowKey={(index) => profile.columns[index]?.name ?? index}
        row={(index) => {
          const column = profile.columns[index];
          return column && cells(column);
        }}
      />
    </Stack>
  );
}

function Name({ column }: { column: ColumnProfile }) {
  const warnings = warningsOf(column);
  return (
    <Stack spacing={0.25} sx={{ minWidth: 0, alignItems: "flex-start" }}>
      <Typography variant="body2" noWrap title={column.name} sx={{ fontWeight: 500, maxWidth: "100%" }}>
        {column.name}
      </Typography>
      <Stack direction="row" spacing={0.5}>
        {warnings.map((warning) => (
          <Tooltip key={warning.label} title={warning.meaning}>
            <Chip
              size="small"
              color="warning"
              variant="outlined"
              label={warning.label}
              sx={{ height: 20, fontSize: "0.75rem" }}
              tabIndex={0}
            />
          </Tooltip>
        ))}
      </Stack>
    </Stack>
  );
}

interface TypeChoiceProps {
  column: ColumnProfile;
  value: ColumnType;
  onChange: (type: string) => void;
}

function TypeChoice({ column, value, onChange }: TypeChoiceProps) {
  if (column.castable.length < 2) return <>{typeTitles[column.type]}</>;
  const options = column.castable.map((type) => ({ value: type, title: typeTitles[type] }));
  return (
    <NativeSelect
      label={`Type of ${column.name}`}
      isLabelHidden
      size="small"
      value={value}
      options={options}
      onChange={onChange}
      sx={{ width: 148, "& select": { py: 0.5, fontSize: "0.875rem" } }}
    />
  );
}

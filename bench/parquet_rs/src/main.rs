// read_parquet_rs FILE THREADS [COLUMNS COLUMN BOUND]
//
// Reads all of FILE, or COLUMNS of the rows where COLUMN <= BOUND, twice, and prints a line of JSON each time. As a
// program does that wants it fast: statistics leave out row groups, the page index pages, a row filter rows; strings
// are views. Threads take turns at row groups.
use std::fs::File;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, Scalar, StringArray};
use arrow::compute::{cast, kernels::cmp::lt_eq};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use parquet::arrow::arrow_reader::{
    ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowFilter,
    RowSelection, RowSelector,
};
use parquet::arrow::ProjectionMask;
use parquet::file::metadata::PageIndexPolicy;

type Any<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

struct Question {
    columns: Vec<String>,
    column: String,
    bound: Scalar<ArrayRef>,
}

fn open(path: &str) -> Any<ArrowReaderMetadata> {
    let file = File::open(path)?;
    let plain = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())?;
    let fields: Vec<Field> = plain.schema().fields().iter().map(|field| match field.data_type() {
        DataType::Utf8 => field.as_ref().clone().with_data_type(DataType::Utf8View),
        _ => field.as_ref().clone(),
    }).collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, plain.schema().metadata().clone()));
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional).with_schema(schema);
    Ok(ArrowReaderMetadata::load(&file, options)?)
}

fn ask(metadata: &ArrowReaderMetadata, columns: &str, column: &str, bound: &str) -> Any<Question> {
    let kind = metadata.schema().field_with_name(column)?.data_type().clone();
    let text: ArrayRef = Arc::new(StringArray::from(vec![bound]));
    Ok(Question {
        columns: columns.split(',').map(String::from).collect(),
        column: column.into(),
        bound: Scalar::new(cast(&text, &kind)?),
    })
}

// Where a least value is not known the rows may match.
fn may_match(least: &ArrayRef, question: &Question) -> Result<BooleanArray, ArrowError> {
    let below = lt_eq(least, &question.bound)?;
    Ok((0..below.len()).map(|i| Some(below.is_null(i) || below.value(i))).collect())
}

fn pages_that_may_match(metadata: &ArrowReaderMetadata, question: &Question, converter: &StatisticsConverter,
                        row_group: usize) -> Any<Option<RowSelection>> {
    let all = metadata.metadata();
    let Some(leaf) = converter.parquet_column_index() else { return Ok(None) };
    let Some(index) = all.page_index() else { return Ok(None) };
    let (Some(_), Some(offsets)) = (index.column_index(row_group, leaf), index.offset_index(row_group, leaf)) else {
        return Ok(None);
    };
    let rows = all.row_group(row_group).num_rows();
    let pages = offsets.page_locations();
    let may = may_match(&converter.data_page_mins(index.as_ref(), [&row_group])?, question)?;
    let selectors: Vec<RowSelector> = (0..pages.len()).map(|i| {
        let end = pages.get(i + 1).map_or(rows, |next| next.first_row_index);
        let count = (end - pages[i].first_row_index) as usize;
        if may.value(i) { RowSelector::select(count) } else { RowSelector::skip(count) }
    }).collect();
    Ok(Some(selectors.into()))
}

fn read_row_group(path: &str, metadata: &ArrowReaderMetadata, question: Option<&Question>, row_group: usize) -> Any<usize> {
    let file = File::open(path)?;
    let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone())
        .with_row_groups(vec![row_group]);
    if let Some(question) = question {
        let schema = builder.parquet_schema();
        let converter = StatisticsConverter::try_new(&question.column, metadata.schema(), schema)?;
        let least = converter.row_group_mins([metadata.metadata().row_group(row_group)])?;
        if !may_match(&least, question)?.value(0) {
            return Ok(0);
        }
        let filtered = ProjectionMask::columns(schema, [question.column.as_str()]);
        let columns = ProjectionMask::columns(schema, question.columns.iter().map(String::as_str));
        let bound = question.bound.clone();
        let predicate = ArrowPredicateFn::new(filtered, move |batch: RecordBatch| lt_eq(batch.column(0), &bound));
        if let Some(selection) = pages_that_may_match(metadata, question, &converter, row_group)? {
            builder = builder.with_row_selection(selection);
        }
        builder = builder.with_projection(columns).with_row_filter(RowFilter::new(vec![Box::new(predicate)]));
    }
    let mut rows = 0;
    for batch in builder.build()? {
        rows += std::hint::black_box(batch?).num_rows();
    }
    Ok(rows)
}

fn read(path: &str, threads: usize, question: Option<&[String]>) -> Any<usize> {
    let metadata = open(path)?;
    let question = match question {
        Some([columns, column, bound]) => Some(ask(&metadata, columns, column, bound)?),
        _ => None,
    };
    let next = AtomicUsize::new(0);
    let turns = || -> Any<usize> {
        let mut rows = 0;
        loop {
            let row_group = next.fetch_add(1, Ordering::Relaxed);
            if row_group >= metadata.metadata().num_row_groups() {
                return Ok(rows);
            }
            rows += read_row_group(path, &metadata, question.as_ref(), row_group)?;
        }
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(turns)).collect();
        let mut rows = turns()?;
        for other in others {
            rows += other.join().expect("a thread panicked")?;
        }
        Ok(rows)
    })
}

fn main() -> Any<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.len() != 2 && args.len() != 5 {
        return Err("read_parquet_rs FILE THREADS [COLUMNS COLUMN BOUND]".into());
    }
    for _ in 0..2 {
        let begin = Instant::now();
        let rows = read(&args[0], args[1].parse()?, args.get(2..5))?;
        println!("{{\"rows\":{rows},\"seconds\":{:.6}}}", begin.elapsed().as_secs_f64());
    }
    Ok(())
}
